import { join } from 'node:path';
import { type Json, record, text } from '../contract/limits/values.ts';
import { openLines } from '../contract/tokens/lines.ts';
import { count, type TokenLog } from '../contract/tokens/use.ts';

/** `~/.claude/projects/<project>/<session>.jsonl`, one line a message (2.1.330). */
export const claudeLog: TokenLog = {
  provider_id: 'claude-code',
  named: true,
  vendor: 'anthropic',
  roots: ({ env, home }) => {
    const given = env.CLAUDE_CONFIG_DIR?.split(',').filter(Boolean);
    const folders = given?.length
      ? given
      : [join(env.XDG_CONFIG_HOME || join(home, '.config'), 'claude'), join(home, '.claude')];
    return folders.map((folder) => join(folder, 'projects'));
  },
  nested: true,
  isLog: (name) => name.endsWith('.jsonl'),
  open: openLines({
    marks: ['"usage"'],
    read(line, { file, offset }) {
      const message = record(line.message);
      const usage = record(message?.usage);
      const at = text(line.timestamp);
      const model = text(message?.model);
      // What Claude says without a model (an interrupt, an error) is written as one of that name.
      if (!message || !usage || !at || model === '<synthetic>') return null;
      const [fresh, cache_write, cache_read, output] = FIELDS.map((name) => count(usage[name])) as Four;
      return {
        key: keyOf(message, file, offset),
        rank: (line.isSidechain === true ? 0 : 1e15) + fresh + cache_write + cache_read + output,
        at,
        model,
        project: text(line.cwd),
        session: text(line.sessionId),
        input: fresh + cache_write + cache_read,
        cache_read,
        cache_write,
        output,
      };
    },
  }),
};

type Four = [number, number, number, number];
const FIELDS = [
  'input_tokens',
  'cache_creation_input_tokens',
  'cache_read_input_tokens',
  'output_tokens',
] as const;

/**
 * A message is written again with every block of it, when a session is resumed, and into the log of a helper that goes
 * on from it: its id names one answer of the API in every copy. Without an id each line counts as one.
 */
const keyOf = (message: Json, file: string, offset: number): string =>
  text(message.id) ?? `${file}:${offset}`;
