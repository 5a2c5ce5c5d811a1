import { spawnSync } from 'node:child_process';
import type { Writable } from 'node:stream';
import type { Env } from '../../config/paths.ts';
import { isTerminal, rowsOf } from './style.ts';

/** What a pager of less's kind does unless its user says otherwise: ends on one screen, keeps colours and the screen. */
const LESS = 'FRX';

/**
 * Prints a text, through the user's pager where it is longer than the terminal: $AGENTPOOL_PAGER, $PAGER, less. An
 * empty one, or `cat`, is none.
 */
export function page(text: string, stdout: Writable, env: Env): void {
  const pager = (env.AGENTPOOL_PAGER ?? env.PAGER ?? 'less').trim();
  const isLong = isTerminal(stdout) && text.split('\n').length >= rowsOf(stdout);
  if (!isLong || pager === '' || pager === 'cat' || !paged(pager, text, env)) stdout.write(text);
}

/** False where the pager could not be started. */
function paged(pager: string, text: string, env: Env): boolean {
  // Ctrl-C is the pager's: without this it would end us, and leave the pager with the terminal.
  const ignore = () => {};
  process.on('SIGINT', ignore);
  try {
    const { status, error } = spawnSync('/bin/sh', ['-c', pager], {
      input: text,
      stdio: ['pipe', 'inherit', 'inherit'],
      env: { LESS, ...env },
    });
    // Who quits the pager early has closed our pipe. 126 and 127 are the shell's words for a program that is not there.
    const isGone = (error as NodeJS.ErrnoException | undefined)?.code === 'EPIPE';
    return (error === undefined || isGone) && status !== 126 && status !== 127;
  } finally {
    process.off('SIGINT', ignore);
  }
}
