import { PassThrough, Writable } from 'node:stream';
import { type Instance, render } from 'ink';
import { createElement, type ReactElement } from 'react';
import type { Frame } from '../model/frame.ts';
import type { Section } from '../model/linear.ts';
import type { Palette } from '../text/palette.ts';
import { Linear } from './linear.ts';
import { Screen } from './screen.ts';

/**
 * Ink, drawing into memory: it lays the frame out, and the terminal gets the rows that differ. Ink itself would erase
 * the whole screen for each frame.
 */
export class InkPictures {
  readonly #canvas = new Canvas();
  #ink: Instance | null = null;

  /** The rows of a frame, painted. */
  draw(frame: Frame, palette: Palette): string[] {
    this.#canvas.columns = frame.cols;
    this.#canvas.rows = frame.rows;
    const rows = this.#render(createElement(Screen, { frame, palette }), false);
    return Array.from({ length: frame.rows }, (_, row) => rows[row] ?? '');
  }

  /** The lines of sections as Ink words them for a screen reader. */
  read(sections: readonly Section[]): string[] {
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
