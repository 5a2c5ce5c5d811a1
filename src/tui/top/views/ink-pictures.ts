import { PassThrough, Writable } from 'node:stream';
import { type Instance, render } from 'ink';
import { createElement, type ReactElement } from 'react';
import type { Frame } from '../model/frame.ts';
import type { LinearSection } from '../model/linear.ts';
import type { Line } from '../text/line.ts';
import { paint } from '../text/paint.ts';
import type { Palette } from '../text/palette.ts';
import { Linear } from './linear.ts';
import { Screen } from './screen.ts';

/** The first of the characters that mark lines: private ones, which no clean text has. */
const FIRST_MARK = 0xf0000;
const MARKS = /[\u{f0000}-\u{f4fff}]/gu;

/**
 * Ink, drawing into memory: it lays the frame out, and the terminal gets the rows that differ. Ink itself would erase
 * the whole screen for each frame. It lays out marks in place of the lines, which fit already: to take 25,000
 * characters apart once more costs it a quarter of a second.
 */
export class InkPictures {
  readonly #canvas = new Canvas();
  #ink: Instance | null = null;

  /** The rows of a frame, painted. */
  draw(frame: Frame, palette: Palette): string[] {
    this.#canvas.columns = frame.cols;
    this.#canvas.rows = frame.rows;
    const lines: Line[] = [];
    const markOf = (line: Line) => String.fromCodePoint(FIRST_MARK + lines.push(line) - 1);
    const rows = this.#render(createElement(Screen, { frame, markOf }), false);
    const painted = (mark: string) => paint(lines[(mark.codePointAt(0) ?? 0) - FIRST_MARK] ?? [], palette);
    return Array.from({ length: frame.rows }, (_, row) =>
      (rows[row]?.match(MARKS) ?? []).map(painted).join(''),
    );
  }

  /** The lines of sections as Ink words them for a screen reader. */
  read(sections: readonly LinearSection[]): string[] {
    return this.#render(createElement(Linear, { sections }), true);
  }

  #render(node: ReactElement, isScreenReaderEnabled: boolean): string[] {
    if (this.#ink) this.#ink.rerender(node);
    else this.#ink = started(node, this.#canvas, isScreenReaderEnabled);
    return this.#canvas.drawn.split('\n');
  }

  close(): void {
    this.#ink?.unmount();
    this.#ink = null;
  }
}

/** Keeps the last picture that was written to it. It is no terminal: Ink must not send it cursor sequences. */
class Canvas extends Writable {
  columns = 80;
  rows = 24;
  readonly isTTY = false;
  drawn = '';

  // Not _write, which a stream may call later: the picture is needed at once.
  override write(chunk: unknown): boolean {
    if (typeof chunk === 'string' && chunk !== '') this.drawn = chunk;
    return true;
  }
}

const started = (node: ReactElement, canvas: Canvas, isScreenReaderEnabled: boolean): Instance =>
  render(node, {
    stdout: canvas as unknown as NodeJS.WriteStream,
    stdin: new PassThrough() as unknown as NodeJS.ReadStream,
    // Each picture as a whole, and nothing else.
    debug: true,
    exitOnCtrlC: false,
    patchConsole: false,
    isScreenReaderEnabled,
  });
