import { piecesOf } from '../recording/cells.ts';
import { Inks, type ThemeName } from '../recording/colours.ts';
import type { ReplayRow, ReplayScreen } from '../recording/recording.ts';
import { element } from './dom.ts';

/** Draws a screen as rows of text, which can be selected, found and read aloud. Only rows that changed are drawn. */
export class Glass {
  readonly #screen: HTMLElement;
  readonly #cursor = element('div', 'cursor', '', { 'aria-hidden': 'true' });
  #lines: HTMLElement[] = [];
  #drawn: (ReplayRow | undefined)[] = [];
  #inks = new Inks('light');

  constructor(screen: HTMLElement) {
    this.#screen = screen;
  }

  setTheme(name: ThemeName): void {
    this.#inks = new Inks(name);
    this.#drawn = [];
    this.#screen.style.color = this.#inks.foreground;
  }

  /** Shows something else in place of a screen. */
  replace(node: Node): void {
    this.#lines = [];
    this.#drawn = [];
    this.#screen.classList.add('replaced');
    this.#screen.replaceChildren(node);
  }

  show({ rows, cursor, used }: ReplayScreen): void {
    const height = Math.min(rows.length, Math.max(used.rows, cursor ? cursor[0] + 1 : 0));
    if (this.#lines.length !== height || this.#lines[0]?.parentNode !== this.#screen) {
      this.#lines = Array.from({ length: height }, () => element('div', 'row'));
      this.#drawn = [];
      this.#screen.classList.remove('replaced');
      this.#screen.replaceChildren(...this.#lines, this.#cursor);
    }
    for (const [index, line] of this.#lines.entries()) {
      const row = rows[index];
      if (row === undefined || this.#drawn[index] === row) continue;
      this.#drawn[index] = row;
      line.replaceChildren(...this.#spans(row));
    }
    this.#cursor.hidden = cursor === null;
    if (cursor) {
      this.#cursor.style.top = `calc(8px + var(--row-height) * ${cursor[0]})`;
      this.#cursor.style.left = `calc(10px + 1ch * ${cursor[1]})`;
    }
  }

  #spans({ text, runs }: ReplayRow): HTMLElement[] {
    return piecesOf(text, runs).map(({ text: shown, columns, run }) => {
      const span = element('span', columns === null ? '' : columns === 2 ? 'cell wide' : 'cell', shown);
      if (run) {
        const { color, background, bold, italic } = this.#inks.of(run);
        span.style.color = color;
        if (background !== null) span.style.background = background;
        if (bold) span.classList.add('bold');
        if (italic) span.classList.add('italic');
      }
      return span;
    });
  }
}
