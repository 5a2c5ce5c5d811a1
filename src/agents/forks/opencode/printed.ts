import { stripVTControlCharacters } from 'node:util';
import type { Finished } from '../../../lib/process/child.ts';
import { type Auth, type ModelDescriptor, model, unknownAuth } from '../../contract/descriptor.ts';

/** `opencode auth list` (1.18.33, Kilo 7.7.9) counts the logins in its file; without one its free models still work. */
export function parseOpencodeAuth(run: Pick<Finished, 'stdout' | 'stderr'>): Auth {
  const count = /(\d+) (?:credentials?|environment variables?)/.exec(
    stripVTControlCharacters(`${run.stdout}${run.stderr}`),
  )?.[1];
  if (count === undefined) return unknownAuth('what auth list printed is not understood');
  const reason = count === '0' ? 'no logins: the free models only' : `${count} logins stored`;
  return { status: 'authenticated', confidence: 'local_cli', reason };
}

/** `opencode models`: one `provider/model` a line, for the logins that there are (1.18.33, Kilo 7.7.9). */
export function parseOpencodeModels(printed: string): ModelDescriptor[] {
  return printed.split('\n').flatMap((line) => {
    const [id] = /^[\w.-]+\/[\w./:@~-]+$/.exec(line.trim()) ?? [];
    return id
      ? [
          model(id, {
            source: 'cli_detected',
            confidence: 'local_cli',
            metadata: { family: id.slice(0, id.indexOf('/')) },
          }),
        ]
      : [];
  });
}
