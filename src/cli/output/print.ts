import { writeSync } from 'node:fs';
import { shown } from '../../lib/text/shown.ts';
import { shownOn } from '../../lib/text/shown-stream.ts';

/**
 * process.stdout, for code that needs a stream. If the reader closes the pipe early, this process exits without an
 * error.
 */
export function standardOutput(): NodeJS.WriteStream {
  if (!process.stdout.listeners('error').includes(endOnClosedPipe))
    process.stdout.on('error', endOnClosedPipe);
  return shownOn(process.stdout);
}

/** process.stderr, as a person may safely see it. */
export const standardError = (): NodeJS.WriteStream => shownOn(process.stderr);

function endOnClosedPipe({ code, message }: NodeJS.ErrnoException): never {
  if (code === 'EPIPE') process.exit(0);
  standardError().write(`agentpool: the answer could not be printed: ${message}\n`);
  process.exit(1);
}

/**
 * Writes to standard output synchronously. process.stdout would do the same, but loads all of Node's streams first,
 * which takes a tenth of the time of a query.
 */
export function print(text: string): void {
  const bytes = Buffer.from(shown(text));
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(1, bytes, written);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // `agentpool ... | head` closes the pipe early, which is not an error.
      if (code === 'EPIPE') return;
      if (code !== 'EAGAIN') throw error;
      // The pipe is non-blocking and full.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
