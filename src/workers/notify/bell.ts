import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { writePrivateFileSync } from '../../lib/files/atomic-file.ts';
import { terminalOf } from '../../lib/process/process-table.ts';
import type { AppContext } from '../core/context.ts';

const folder = ({ paths }: Pick<AppContext, 'paths'>) => join(paths.run, 'bell');

/**
 * Stores the terminal that a worker is spawned from: the watcher, which rings it later, has none. If it cannot be
 * stored, no bell rings; the worker is not affected.
 */
export function rememberTerminal(app: Pick<AppContext, 'paths' | 'config'>, sessionId: string): void {
  if (app.config.notify !== 'bell') return;
  const terminal = terminalOf(process.pid);
  if (!terminal) return;
  try {
    writePrivateFileSync(join(folder(app), sessionId), terminal, { link: 'follow' });
  } catch {}
}

/** Removes the terminals of all workers but these. */
export function forgetTerminals(app: Pick<AppContext, 'paths'>, active: ReadonlySet<string>): void {
  for (const id of readdirOrNone(folder(app))) {
    if (!active.has(id)) rmSync(join(folder(app), id), { force: true });
  }
}

/** Rings the terminal that the worker was spawned from. @throws if it is unknown or closed. */
export function ringFor(app: Pick<AppContext, 'paths'>, sessionId: string): void {
  let terminal: string;
  try {
    terminal = readFileSync(join(folder(app), sessionId), 'utf8');
  } catch {
    throw new Error('it is not known from which terminal the worker was spawned');
  }
  ring(terminal);
}

/** Writes a BEL to a terminal device; does nothing for another file. @throws what opening it throws. */
export function ring(terminal: string): void {
  // Not as our controlling terminal, and without waiting for one that has stopped its output.
  const file = openSync(terminal, constants.O_WRONLY | constants.O_NOCTTY | constants.O_NONBLOCK);
  try {
    if (fstatSync(file).isCharacterDevice()) writeSync(file, '\u0007');
  } finally {
    closeSync(file);
  }
}

function readdirOrNone(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
