import { closeSync, constants, openSync, readlinkSync } from 'node:fs';
import { fileText } from '../../lib/files/file-text.ts';
import { hasProc, pidsInProc, terminalOf } from '../../lib/process/process-table.ts';
import { runShort } from '../../lib/process/start.ts';
import type { TmuxServer } from '../tmux/server.ts';

/** How the program in a pane takes its input. */
export interface TerminalInput {
  /** The path of its terminal. */
  path: string;
  /** Whether its terminal edits lines and echoes them, as for `cat`; a program with an input box reads keys. */
  byLines: boolean;
  cursorVisible: boolean;
}

/** @throws what tmux throws when the pane is gone. */
export async function terminalInput(tmux: TmuxServer, paneId: string): Promise<TerminalInput> {
  const fields = await tmux.run(['display-message', '-p', '-t', paneId, '#{pane_tty}|#{cursor_flag}']);
  const [path = '', cursor] = fields.trim().split('|');
  const terminal = openSync(path, constants.O_RDONLY | constants.O_NOCTTY);
  try {
    const { stdout } = await runShort('stty', ['-a'], {
      env: tmux.environment,
      stdin: terminal,
      timeoutMs: STTY_MS,
    });
    return { path, byLines: /(?<!-)\bicanon\b/.test(stdout.toString()), cursorVisible: cursor === '1' };
  } finally {
    closeSync(terminal);
  }
}

/** In milliseconds. */
const STTY_MS = 5000;

/** Whether the program in a pane leaves the editing of a line to its terminal. */
export const readsLines = async (tmux: TmuxServer, paneId: string): Promise<boolean> =>
  (await terminalInput(tmux, paneId)).byLines;

/** A process on a terminal. */
export interface TerminalProcess {
  pid: number;
  /** How many bytes it has read of anything; null where the system does not say. */
  read: number | null;
  /** Whether it waits for the terminal's input; null where that cannot be known: it waits for several things. */
  waits: boolean | null;
}

/**
 * The processes on a terminal, and what they do with its input; null on a system that does not show it. A terminal that
 * edits lines echoes what is typed whether a program reads it or not: only this shows the difference.
 */
export function processesOn(terminal: string): TerminalProcess[] | null {
  if (!hasProc) return null;
  return pidsInProc()
    .filter((pid) => terminalOf(pid) === terminal)
    .map((pid) => ({ pid, read: bytesRead(pid), waits: waitsFor(pid, terminal) }));
}

/** Whether a program on a terminal has read what was typed since `before`; null where the system does not show it. */
export function hasRead(
  before: readonly TerminalProcess[] | null,
  now: readonly TerminalProcess[] | null,
  bytes: number,
): boolean | null {
  if (before === null || now === null) return null;
  const known = new Map(before.map(({ pid, read }) => [pid, read]));
  const grown = now.map(({ pid, read }) => {
    const start = known.get(pid);
    return read === null || start === null || start === undefined ? null : read - start;
  });
  if (grown.some((growth) => growth !== null && growth >= bytes)) return true;
  return grown.every((growth) => growth === null) ? null : false;
}

function bytesRead(pid: number): number | null {
  const [, bytes] = /^rchar: (\d+)$/m.exec(fileText(`/proc/${pid}/io`) ?? '') ?? [];
  return bytes === undefined ? null : Number(bytes);
}

/** Where the kernel lets a process wait that reads a terminal. A socket can be read there too. */
const READS = new Set(['n_tty_read', 'wait_woken']);
/** Where it waits for any of several files. */
const POLLS = /poll|select|epoll/;

function waitsFor(pid: number, terminal: string): boolean | null {
  const place = fileText(`/proc/${pid}/wchan`) ?? '';
  if (POLLS.test(place) || place === '' || place === '0') return null;
  if (!READS.has(place)) return false;
  const [, descriptor] = (fileText(`/proc/${pid}/syscall`) ?? '').split(' ');
  const file = descriptor === undefined ? null : linkOf(`/proc/${pid}/fd/${Number(descriptor)}`);
  return file === null || file === terminal || file === '/dev/tty';
}

function linkOf(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}
