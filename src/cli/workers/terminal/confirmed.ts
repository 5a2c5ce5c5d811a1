import type { Readable } from 'node:stream';
import type { AgentPoolError } from '../../../lib/errors.ts';
import { linesOf } from '../../../report/text/lines.ts';
import { isTerminal, type Paint, paint } from '../../../report/text/style.ts';
import type { Manner } from '../../output/call.ts';

interface Asking {
  /** What it is about, above the question. */
  lines(color: Paint): readonly string[];
  question: string;
  /** Thrown where there is no person to ask. */
  alone: AgentPoolError;
}

/** Asks the person at the terminal. Only `y` and `yes` mean yes. @throws `alone` */
export async function confirmed(call: Manner, { lines, question, alone }: Asking): Promise<boolean> {
  if (!canAsk(call)) throw alone;
  const { stdin, stderr } = call.context;
  stderr.write(`${lines(paint(stderr)).join('\n')}\n${question} [y/N] `);
  for await (const line of linesOf(stdin)) {
    // What is read from here on must not keep the process.
    stdin.destroy();
    return /^\s*y(es)?\s*$/i.test(line);
  }
  stderr.write('\n');
  return false;
}

/** Whether a person can be asked: both what is read and what is shown is a terminal, and no program waits for JSON. */
export const canAsk = ({ json, context: { stdin, stderr } }: Manner): boolean =>
  !json && isTerminal(stderr) && (stdin as Readable & { isTTY?: boolean }).isTTY === true;
