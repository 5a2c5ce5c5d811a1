import { randomUUID } from 'node:crypto';
import { closeSync, constants, openSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AgentPoolError } from '../../lib/errors.ts';
import { runShort } from '../../lib/process/start.ts';

const PREFIX = 'output-';

/** Makes a named pipe for a worker's output, readable by its owner only, and returns its path. Throws PIPE_FAILED. */
export async function makePipe(folder: string): Promise<string> {
  const path = join(folder, `${PREFIX}${randomUUID()}`);
  const { code, stderr, fault } = await runShort('mkfifo', ['-m', '600', path], { env: process.env });
  if (code === 0) return path;
  const said = fault?.cause?.message ?? stderr.trim();
  throw new AgentPoolError('PIPE_FAILED', `A worker's output cannot be read: ${said}`, { path });
}

/** The name of a pipe in a text; null if there is none. */
export const pipeNameIn = (text: string): string | null => /output-[\w-]+/.exec(text)?.[0] ?? null;

/** Whether a process reads the pipe. */
export function hasReader(path: string): boolean {
  try {
    closeSync(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK));
    return true;
  } catch {
    return false;
  }
}

/** Removes the pipes that no process reads, such as those of a watcher that was killed. */
export function releaseUnread(folder: string): void {
  for (const name of pipesIn(folder)) {
    const path = join(folder, name);
    if (!hasReader(path)) release(path);
  }
}

/** Removes a pipe. To open it once more lets a shell go on that waits for a reader. */
export function release(path: string): void {
  try {
    closeSync(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
  } catch {
    // Another process was faster, or it has been removed with its folder.
  }
  rmSync(path, { force: true });
}

function pipesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.startsWith(PREFIX));
  } catch {
    return [];
  }
}
