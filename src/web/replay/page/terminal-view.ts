import { clamp } from '../model/axis.ts';
import type { PlayedEvent } from '../model/history.ts';
import { span } from '../model/time-words.ts';
import type { ThemeName } from '../recording/colours.ts';
import { button, byId, element, icon } from './dom.ts';
import { Glass } from './glass.ts';
import type { Actions, State, View } from './state.ts';

const NARROW_PX = 860;
/** The height of a row, of its letters. */
const LEADING = 1.19;
/** A frame is recorded a moment after the screen changed: what an event saw is on the frame that follows. */
const RECORDED_WITHIN_MS = 150;

/** The terminal of the worker that is chosen, at the moment that is shown. */
export class TerminalView implements View {
  readonly #state: State;
  readonly #actions: Actions;
  readonly #screen = byId('screen');
  readonly #box = byId('glass');
  readonly #glass = new Glass(this.#screen);
  #shown = { lane: -1, frame: -2, event: -1, used: '' };

  constructor(state: State, actions: Actions) {
    this.#state = state;
    this.#actions = actions;
  }

  setTheme(name: ThemeName): void {
    this.#glass.setTheme(name);
    this.draw();
  }

  draw(): void {
    this.#shown = { lane: -1, frame: -2, event: -1, used: '' };
    this.move();
  }

  move(): void {
    const { recordings, lane, at, isReadable } = this.#state;
    const recording = recordings[lane] ?? null;
    const frame = recording ? recording.indexAt(at + RECORDED_WITHIN_MS) : -1;
    if (frame < 0) {
      this.#showEmpty(recording !== null);
      return;
    }
    if (this.#shown.lane === lane && this.#shown.frame === frame) return;
    const screen = recording?.screenAt(frame);
    if (!screen) return;
    const used = `${screen.used.cols}x${screen.used.rows}`;
    this.#glass.show(screen);
    if (this.#shown.lane !== lane || this.#shown.used !== used) this.#fit(screen.used);
    this.#shown = { lane, frame, event: -1, used };
    if (isReadable) this.#scrollToLast(screen.rows.findLastIndex(({ text }) => text !== ''));
  }

  /** Fits the size of the letters to the place, or takes one that can be read. */
  fit(): void {
    const { recordings, lane, at } = this.#state;
    const recording = recordings[lane];
    const screen = recording?.screenAt(recording.indexAt(at + RECORDED_WITHIN_MS));
    if (screen) this.#fit(screen.used);
  }

  #fit({ cols, rows }: { cols: number; rows: number }): void {
    const { style } = this.#screen;
    const probe = element('span', '', '0'.repeat(100));
    style.fontSize = '100px';
    this.#screen.append(probe);
    const perPixel = probe.getBoundingClientRect().width / 10_000;
    probe.remove();
    const widest = (this.#box.clientWidth - 20) / ((cols + 1) * perPixel);
    const highest = (this.#box.clientHeight - 16) / (rows * LEADING);
    const fitting = clamp(Math.floor(Math.min(widest, highest) * 10) / 10, 4, 17);
    const size = this.#state.isReadable ? (innerWidth <= NARROW_PX ? 11 : 13) : fitting;
    style.fontSize = `${size}px`;
    style.setProperty('--row-height', `${Math.max(Math.floor(size * LEADING), size > 8 ? 11 : 6)}px`);
    style.width = `calc(${cols + 1}ch + 20px)`;
  }

  #scrollToLast(row: number): void {
    const height = this.#screen.querySelector('.row')?.getBoundingClientRect().height ?? 0;
    this.#box.scrollTop = Math.max(0, (row + 1) * height + 16 - this.#box.clientHeight);
  }

  /** What is shown in place of a screen: why there is none, and the last words of the worker that the log has. */
  #showEmpty(hasRecording: boolean): void {
    const { lane, at, history } = this.#state;
    const last = history.events.findLast((event) => event.lane === lane && event.at <= at);
    const isStart = at === 0;
    const event = isStart ? -2 : (last?.index ?? -1);
    if (this.#shown.lane === lane && this.#shown.frame === -1 && this.#shown.event === event) return;
    this.#shown = { lane, frame: -1, event, used: '' };
    const box = element('div', 'empty', [element('p', '', this.#reason(hasRecording, last))]);
    const words = history.events.findLast(
      (each) => each.lane === lane && each.at <= at && each.evidence.length > 0,
    );
    if (!hasRecording && words) box.append(element('pre', 'quote', words.evidence.slice(0, 12).join('\n')));
    if (isStart) box.append(this.#playButton());
    this.#glass.replace(box);
    this.#screen.style.width = 'auto';
  }

  #reason(hasRecording: boolean, last: PlayedEvent | undefined): string {
    const { lane, data, history, clock } = this.#state;
    const { provider, letter } = history.lanes[lane] ?? { provider: 'worker', letter: 'A' };
    if (!hasRecording) return `There is no recording of the terminal of ${letter}, ${provider}.`;
    const cut = data.cut.find(({ session }) => session === data.workers[lane]);
    if (cut) return `The recording is kept from ${clock.time(Date.parse(cut.from))} on.`;
    return last ? `${provider} has shown nothing yet.` : `${provider} has not started yet.`;
  }

  #playButton(): HTMLElement {
    const { axis } = this.#state;
    const idle = axis.folds.length > 0 ? `, ${span(axis.total)} with idle time` : '';
    return button('plain go', [icon('play'), `Play ${span(axis.end)}${idle}`], () => {
      this.#actions.play();
      byId('play').focus();
    });
  }
}
