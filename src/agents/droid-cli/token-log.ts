import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Json, parseJson, record, text } from '../contract/limits/values.ts';
import { count, type TokenLog, type TokenUse } from '../contract/tokens/use.ts';

const ENDING = '.settings.json';

/**
 * `~/.factory/sessions/<project>/<session>.settings.json`: one total a session, without a time (0.215.0). It counts on
 * the day of the session's last answer. A session that another one started has a file and a total of its own.
 */
export const droidLog: TokenLog = {
  provider_id: 'droid-cli',
  vendor: null,
  roots: ({ home }) => [join(home, '.factory', 'sessions')],
  nested: true,
  isLog: (name) => name.endsWith(ENDING),
  open: (path, memory) => {
    const use = useOf(path);
    return { isNewFile: false, memory, uses: use ? [use] : [] };
  },
};

function useOf(path: string): TokenUse | null {
  const settings = record(parseJson(readFileSync(path, 'utf8')));
  const tokens = record(settings?.tokenUsage);
  if (!settings || !tokens) return null;
  const session = basename(path, ENDING);
  const [fresh, cache_write, cache_read, output] = FIELDS.map((name) => count(tokens[name])) as Four;
  const input = fresh + cache_write + cache_read;
  if (input + output === 0) return null;
  return {
    key: session,
    // The total only grows: the newest one holds.
    rank: input + output,
    at: statSync(path).mtime.toISOString(),
    model: text(settings.model),
    project: text(firstLine(`${path.slice(0, -ENDING.length)}.jsonl`)?.cwd),
    session,
    input,
    cache_read,
    cache_write,
    output,
  };
}

type Four = [number, number, number, number];
const FIELDS = ['inputTokens', 'cacheCreationTokens', 'cacheReadTokens', 'outputTokens'] as const;

/** The first line of the session's log: it names the session's folder. */
function firstLine(path: string): Json | null {
  let file: number | null = null;
  try {
    file = openSync(path, 'r');
    const head = Buffer.alloc(64 * 1024);
    const length = readSync(file, head, 0, head.length, 0);
    const [line = ''] = head.toString('utf8', 0, length).split('\n', 1);
    return record(parseJson(line));
  } catch {
    return null;
  } finally {
    if (file !== null) closeSync(file);
  }
}
