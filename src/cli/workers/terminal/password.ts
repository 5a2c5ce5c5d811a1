import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { AskPassword } from '../../../workers/commands/fleet/database.ts';
import type { Manner } from '../../output/call.ts';
import { canAsk } from './confirmed.ts';

/** Nothing of what is typed is shown. */
const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });

/** Asks the person at the terminal; null where there is none. */
export const passwordFrom =
  (call: Manner): AskPassword =>
  (address) => {
    if (!canAsk(call)) return Promise.resolve(null);
    const { stdin, stderr } = call.context;
    stderr.write(`Password for ${address}: `);
    const lines = createInterface({ input: stdin, output: nowhere, terminal: true });
    return new Promise((resolve) => {
      let typed: string | null = null;
      lines.once('line', (line) => {
        typed = line;
        lines.close();
      });
      lines.once('close', () => {
        stderr.write('\n');
        stdin.destroy();
        resolve(typed);
      });
    });
  };
