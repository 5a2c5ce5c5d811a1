import type { Fold } from '../model/axis.ts';
import { span } from '../model/time-words.ts';
import { byId } from './dom.ts';
import type { State } from './state.ts';

/** A frame that took longer than this was not seen: a tab in the background plays on from where it was. */
const LONGEST_STEP_MS = 250;

/** Lets time pass. */
export class Player {
  readonly #state: State;
  readonly #seek: (at: number) => void;
  readonly #changed: () => void;
  #last = 0;
  #fold: Fold | null = null;

  constructor(state: State, { seek, changed }: { seek: (at: number) => void; changed: () => void }) {
    this.#state = state;
    this.#seek = seek;
    this.#changed = changed;
  }

  play(): void {
    const state = this.#state;
    if (state.isPlaying) return;
    if (state.at >= state.axis.total - 1) state.at = 0;
    state.isPlaying = true;
    this.#last = performance.now();
    this.#changed();
    requestAnimationFrame(this.#tick);
  }

  pause(): void {
    this.#say(null);
    if (!this.#state.isPlaying) return;
    this.#state.isPlaying = false;
    this.#changed();
  }

  readonly #tick = (now: number): void => {
    const { isPlaying, axis, at, speed } = this.#state;
    if (!isPlaying) return;
    const passed = Math.min(Math.max(now - this.#last, 0), LONGEST_STEP_MS) * speed;
    this.#last = now;
    const play = axis.toPlay(at) + passed;
    this.#say(axis.foldAt(play));
    if (play >= axis.end) {
      this.#seek(axis.total);
      this.pause();
      return;
    }
    this.#seek(axis.toReal(play));
    requestAnimationFrame(this.#tick);
  };

  #say(fold: Fold | null): void {
    if (fold === this.#fold) return;
    this.#fold = fold;
    const toast = byId('toast');
    toast.hidden = fold === null;
    if (fold) toast.textContent = `skips ${span(fold.to - fold.from)} in which nothing moved`;
  }
}
