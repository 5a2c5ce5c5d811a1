import type { Readable } from 'node:stream';
import { linesOf } from '../../report/text/lines.ts';
import { isTerminal } from '../../report/text/style.ts';
import type { Manner } from '../output/call.ts';

/** Whether a person can be asked: both what is read and what is shown is a terminal, and no program waits for JSON. */
export const canAsk = ({ json, context: { stdin, stderr } }: Manner): boolean =>
  !json && isTerminal(stderr) && (stdin as Readable & { isTTY?: boolean }).isTTY === true;

/** Asks the person at the terminal. Only `y` and `yes` mean yes. */
export async function confirmed({ context: { stdin, stderr } }: Manner, question: string): Promise<boolean> {
  stderr.write(`${question} [y/N] `);
  for await (const line of linesOf(stdin)) {
    // What is read from here on must not keep the process.
    stdin.destroy();
    return /^\s*y(es)?\s*$/i.test(line);
  }
  stderr.write('\n');
  return false;
}
