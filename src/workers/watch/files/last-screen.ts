import { setTimeout as sleep } from 'node:timers/promises';
import { writePrivateFile } from '../../../lib/files/atomic-file.ts';
import type { PaneWatch } from '../../../terminal/tmux/pane/pane-watch.ts';
import { redactScreen } from '../../../workspace/redaction/screen/screen.ts';
import { RETRY_MS } from './unwritten-files.ts';

export interface ScreenPlace {
  path: string;
  /** False once another process watches the worker. */
  mayWrite(): boolean;
  /** Whether to stop trying. */
  isClosed(): boolean;
  /** Called with the error when it cannot be written, and with null when it is. */
  onWritten(error: unknown): void;
}

/** Writes the last screen of a worker, redacted. One that a full disk does not take is written later, without a wait. */
export async function keepLastScreen(pane: PaneWatch, place: ScreenPlace): Promise<void> {
  const { rows, cols, alternate } = pane.screen();
  const above = alternate ? [] : pane.linesAbove();
  const text = `${redactScreen(rows, { cols, above, head: pane.headOfFirstLine }).join('\n').trimEnd()}\n`;
  if (!(await isWritten(text, place))) void writeLater(text, place);
}

async function isWritten(text: string, { path, mayWrite, onWritten }: ScreenPlace): Promise<boolean> {
  try {
    if (mayWrite()) await writePrivateFile(path, text);
    onWritten(null);
    return true;
  } catch (error) {
    onWritten(error);
    return false;
  }
}

async function writeLater(text: string, place: ScreenPlace): Promise<void> {
  do await sleep(RETRY_MS);
  while (!place.isClosed() && !(await isWritten(text, place)));
}
