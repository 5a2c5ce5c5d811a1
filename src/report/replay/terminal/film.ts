import type { Picture, Piece } from '../../../terminal/recording/format.ts';
import { blankPicture, withFrame } from '../../../terminal/recording/frames.ts';
import type { Mark } from './marks.ts';

/** Milliseconds. Longer pauses are shortened to this. */
const LONGEST_PAUSE_MS = 2000;

interface Scene {
  /** When it is shown, in milliseconds since the beginning, pauses shortened. */
  at: number;
  /** When it was, in milliseconds since the epoch. */
  was: number;
  piece: number;
  frame: number;
}

/**
 * Recordings as something to watch: pictures at moments, from the beginning to the end and back, with the events beside
 * them. Time in which nothing moved is shortened.
 */
export class Film {
  readonly #pieces: readonly Piece[];
  readonly #scenes: readonly Scene[];
  readonly #marks: readonly Mark[];
  /** Where the film is, and what it shows there. */
  #scene = -1;
  #picture: Picture = blankPicture(1, 1);

  constructor(pieces: readonly Piece[], marks: readonly Mark[]) {
    this.#pieces = pieces;
    this.#scenes = scenesOf(pieces);
    this.#marks = marks;
  }

  get isEmpty(): boolean {
    return this.#scenes.length === 0;
  }

  /** Milliseconds, pauses shortened. */
  get length(): number {
    return this.#scenes.at(-1)?.at ?? 0;
  }

  /** What the screen shows at a moment of the film; the first picture before it. */
  pictureAt(at: number): Picture {
    this.#goTo(Math.max(0, this.#indexAt(at)));
    return this.#picture;
  }

  /** When the picture changes next; null after the last change. */
  nextChange(at: number): number | null {
    return this.#scenes[this.#indexAt(at) + 1]?.at ?? null;
  }

  /** The time of day of a moment, in milliseconds since the epoch. */
  timeAt(at: number): number {
    const index = Math.max(0, this.#indexAt(at));
    const scene = this.#scenes[index];
    if (!scene) return 0;
    const next = this.#scenes[index + 1];
    const passed = Math.max(0, at - scene.at);
    return next && passed > 0 ? Math.min(next.was, scene.was + passed) : scene.was;
  }

  /** The last event up to a moment; null before the first. What came after the last picture counts at the end. */
  markAt(at: number): Mark | null {
    const until = at >= this.length ? Number.POSITIVE_INFINITY : this.timeAt(at);
    return this.#marks.findLast((mark) => mark.at <= until) ?? null;
  }

  /** The moment of the next event to look at in a direction; null where there is none. */
  nextChapter(at: number, direction: 1 | -1): number | null {
    const moments = this.#marks.filter(({ isChapter }) => isChapter).map((mark) => this.#momentOf(mark.at));
    const found =
      direction === 1 ? moments.find((moment) => moment > at) : moments.findLast((moment) => moment < at);
    return found ?? null;
  }

  #momentOf(time: number): number {
    const index = lastUpTo(this.#scenes, time, ({ was }) => was);
    const scene = this.#scenes[index];
    if (!scene) return 0;
    const next = this.#scenes[index + 1]?.at ?? scene.at;
    return Math.min(next, scene.at + (time - scene.was));
  }

  #indexAt(at: number): number {
    return lastUpTo(this.#scenes, at, (scene) => scene.at);
  }

  #goTo(index: number): void {
    const scene = this.#scenes[index];
    if (!scene) return;
    const here = this.#scenes[this.#scene];
    const isAhead = here && here.piece === scene.piece && here.frame <= scene.frame;
    const piece = this.#pieces[scene.piece];
    if (!piece) return;
    if (!isAhead) this.#picture = blankPicture(piece.head.cols, piece.head.rows);
    for (const frame of piece.frames.slice(isAhead ? here.frame + 1 : 0, scene.frame + 1))
      this.#picture = withFrame(this.#picture, frame);
    this.#scene = index;
  }
}

function scenesOf(pieces: readonly Piece[]): Scene[] {
  const scenes: Scene[] = [];
  for (const [piece, { head, frames }] of pieces.entries()) {
    for (const [frame, [ms]] of frames.entries()) {
      const before = scenes.at(-1);
      const was = Math.max(before?.was ?? 0, Date.parse(head.started_at) + ms);
      const at = before ? before.at + Math.min(LONGEST_PAUSE_MS, was - before.was) : 0;
      scenes.push({ at, was, piece, frame });
    }
  }
  return scenes;
}

/** The index of the last one whose number is not greater; -1 if all are. */
function lastUpTo<T>(list: readonly T[], limit: number, numberOf: (each: T) => number): number {
  let low = -1;
  let high = list.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (numberOf(list[middle] as T) <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}
