import { createHash } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AgentPoolError } from '../../lib/errors.ts';
import { storageError } from '../../lib/files/private-files.ts';
import { identity, isAlive, type ProcessIdentity } from '../../lib/process/processes.ts';
import type { AppContext } from '../core/context.ts';

/**
 * Makes this process the only one that works on a tasks file; returns what gives that up. It spares two processes
 * each other's work: that no task is started twice is checked where it is started, in the ledger.
 * @throws TASKS_RUN_ELSEWHERE
 */
export function claimFile({ paths }: AppContext, file: string): () => void {
  const mark = join(paths.run, `tasks-${createHash('sha256').update(file).digest('hex').slice(0, 16)}.json`);
  const own = `${mark}.${process.pid}`;
  try {
    mkdirSync(paths.run, { recursive: true, mode: 0o700 });
    writeFileSync(own, JSON.stringify({ file, ...identity(process.pid) }), { mode: 0o600 });
    while (!linked(own, mark)) {
      const holder = holderOf(mark);
      if (holder && isAlive(holder)) throw runElsewhere(file, holder);
      rmSync(mark, { force: true });
    }
  } catch (cause) {
    throw storageError(cause, mark);
  } finally {
    rmSync(own, { force: true });
  }
  return () => {
    if (holderOf(mark)?.pid === process.pid) rmSync(mark, { force: true });
  };
}

/** By a link, so that the mark is never there without its content. */
function linked(own: string, mark: string): boolean {
  try {
    linkSync(own, mark);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function holderOf(mark: string): ProcessIdentity | null {
  try {
    return JSON.parse(readFileSync(mark, 'utf8')) as ProcessIdentity;
  } catch {
    return null;
  }
}

const runElsewhere = (file: string, { pid }: ProcessIdentity) =>
  new AgentPoolError(
    'TASKS_RUN_ELSEWHERE',
    `Process ${pid} runs the tasks of ${file} already. Wait for it, or end it with Ctrl-C and run the file again.`,
    { path: file, pid, example: 'agentpool sessions' },
  );
