import { join } from 'node:path';
import { record, text } from '../contract/limits/values.ts';
import { openLines } from '../contract/tokens/lines.ts';
import { count, type TokenLog } from '../contract/tokens/use.ts';
import { isRollout } from './rollout.ts';

/** `$CODEX_HOME/sessions/YYYY/MM/DD/rollout-*.jsonl` (0.169.0). */
export const codexLog: TokenLog = {
  provider_id: 'codex-cli',
  vendor: 'openai',
  roots: ({ env, home }) => {
    const folder = env.CODEX_HOME || join(home, '.codex');
    return [join(folder, 'sessions'), join(folder, 'archived_sessions')];
  },
  nested: true,
  isLog: isRollout,
  open: openLines({
    marks: ['"token_count"', '"turn_context"', '"session_meta"'],
    read(line, { file }, memory) {
      const payload = record(line.payload);
      if (!payload) return null;
      if (line.type === 'session_meta') {
        memory.session ??= text(payload.id);
        // A fork of 0.120 repeats its parent's lines below its own head, and the heads among them: the one named
        // last is the eldest. One of 0.169 only names its parent (history_base) and repeats nothing.
        // A sub agent repeats its parent too, and names it where it says how it was spawned.
        const spawn = record(record(record(payload.source)?.subagent)?.thread_spawn);
        const parent = text(payload.forked_from_id) ?? text(spawn?.parent_thread_id);
        const copied = record(payload.history_base) ? null : parent;
        memory.family = copied ?? text(payload.id);
        memory.project ??= text(payload.cwd);
      }
      if (line.type === 'turn_context') {
        memory.model = text(payload.model);
        memory.project = text(payload.cwd) ?? memory.project;
      }
      const info = payload.type === 'token_count' ? record(payload.info) : null;
      const last = record(info?.last_token_usage);
      const total = record(info?.total_token_usage);
      const at = text(line.timestamp);
      if (!last || !total || !at) return null;
      const family = text(memory.family) ?? file;
      return {
        // The total only grows in a session: the same total in one family is the same answer, repeated.
        key: `${family} ${JSON.stringify([total.input_tokens, total.output_tokens, total.total_tokens])}`,
        rank: -Date.parse(at),
        at,
        model: text(memory.model),
        project: text(memory.project),
        session: text(memory.session),
        input: count(last.input_tokens),
        cache_read: count(last.cached_input_tokens),
        cache_write: count(last.cache_write_input_tokens),
        output: count(last.output_tokens),
      };
    },
  }),
};
