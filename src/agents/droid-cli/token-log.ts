import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Json, parseJson, record, text } from '../contract/limits/values.ts';
import {
  byTime,
  count,
  type Logged,
  type Sighting,
  type TokenLog,
  type TokenUse,
} from '../contract/tokens/use.ts';

const ENDING = '.settings.json';

/**
 * `~/.factory/sessions/<project>/<session>.settings.json`: one total a session, without a time (0.215.0). What a total
 * has grown by counts when its file was written. A session that another one started has a file and a total of its own.
 */
export const droidLog: TokenLog = {
  provider_id: 'droid-cli',
  vendor: null,
  roots: ({ env, home }) => [join(text(env.FACTORY_HOME_OVERRIDE) ?? home, '.factory', 'sessions')],
  nested: true,
  isLog: (name) => name.endsWith(ENDING),
  open: (path) => {
    const settings = record(parseJson(readFileSync(path, 'utf8').replace(/^\uFEFF/, '')));
    const use = settings && totalOf(settings, path);
    return {
      isNewFile: false,
      memory: {},
      uses: use ? [use] : [],
      faults: () => (settings ? [] : ['skipped a total that is no JSON']),
    };
  },
  settle: growthOf,
};

function totalOf(settings: Json, path: string): Logged | null {
  const tokens = record(settings.tokenUsage);
  const [fresh, cache_write, cache_read, said, thinking] = FIELDS.map((name) =>
    count(tokens?.[name]),
  ) as Five;
  const input = fresh + cache_write + cache_read;
  const output = settings.providerLock === THINKING_IN_OUTPUT ? Math.max(said, thinking) : said + thinking;
  if (input + output === 0) return null;
  const head = firstLine(`${path.slice(0, -ENDING.length)}.jsonl`);
  // A copy of the files may have another name.
  const session = text(head?.id) ?? basename(path, ENDING);
  return {
    family: session,
    key: JSON.stringify([input, cache_read, cache_write, output]),
    rank: 0,
    at: statSync(path).mtime.toISOString(),
    model: text(settings.model),
    project: text(head?.cwd),
    session,
    input,
    cache_read,
    cache_write,
    output,
  };
}

type Five = [number, number, number, number, number];
const FIELDS = [
  'inputTokens',
  'cacheCreationTokens',
  'cacheReadTokens',
  'outputTokens',
  'thinkingTokens',
] as const;

/** With the Responses API, Droid counts thinking also as output (0.215.0, run against the mock); else beside it. */
const THINKING_IN_OUTPUT = 'openai';

const SUMS = ['input', 'cache_read', 'cache_write', 'output'] as const;
const NOTHING = { input: 0, cache_read: 0, cache_write: 0, output: 0 };

/**
 * What a session's total has grown by on each day and with each model, from what was seen of it. It never shrinks: a
 * smaller total that is seen later is an old copy, and takes nothing from the days before.
 */
export function growthOf(totals: readonly Sighting[]): TokenUse[] {
  const largest = { ...NOTHING };
  const growths = new Map<string, TokenUse>();
  for (const { family = '', facts: _, ...total } of [...totals].sort((a, b) =>
    a.at === b.at ? sizeOf(a) - sizeOf(b) || byTime(a, b) : byTime(a, b),
  )) {
    const key = JSON.stringify([family, new Date(total.at).toDateString(), total.model]);
    const before = growths.get(key) ?? { ...total, ...NOTHING };
    const grown = { ...total, key };
    for (const sum of SUMS) {
      grown[sum] = before[sum] + Math.max(0, total[sum] - largest[sum]);
      largest[sum] = Math.max(largest[sum], total[sum]);
    }
    if (grown.input + grown.output > 0) growths.set(key, grown);
  }
  return [...growths.values()];
}

const sizeOf = ({ input, output }: Sighting): number => input + output;

/** The first line of the session's log: it names the session and its folder. */
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
