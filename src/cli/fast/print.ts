import { writeSync } from 'node:fs';

/**
 * Writes to standard output at once. process.stdout would do the same, but loads all of Node's streams first, which
 * takes a tenth of a whole query.
 */
export function print(text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(1, bytes, written);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // `agentpool ... | head` closes the pipe early: that is the reader's right, and no error.
      if (code === 'EPIPE') return;
      if (code !== 'EAGAIN') throw error;
      // A pipe that somebody has set to non-blocking, and that is full.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
