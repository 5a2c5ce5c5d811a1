import { join } from 'node:path';
import { record, text } from '../values.ts';
import { count, type TokenLog } from './use.ts';

/** `$CODEX_HOME/sessions/YYYY/MM/DD/rollout-*.jsonl` (0.169.0). */
export const codexLog: TokenLog = {
  provider_id: 'codex-cli',
  vendor: 'openai',
  roots: ({ env, home }) => {
    const folder = env.CODEX_HOME ?? join(home, '.codex');
    return [join(folder, 'sessions'), join(folder, 'archived_sessions')];
  },
  isLog: (name) => name.startsWith('rollout-') && name.endsWith('.jsonl'),
  marks: ['"token_count"', '"turn_context"', '"session_meta"'],
  read(line, { file }, memory) {
    const payload = record(line.payload);
    if (!payload) return null;
    if (line.type === 'session_meta') {
      // A fork repeats its parent's lines below its own head: whoever is named last there is the eldest.
      memory.session ??= text(payload.id);
      memory.family = text(payload.forked_from_id) ?? text(payload.id);
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
      // The total only grows in a session: the same total in one family is the same answer, told again.
      key: `${family} ${JSON.stringify([total.input_tokens, total.output_tokens, total.total_tokens])}`,
      rank: -Date.parse(at),
      at,
      model: text(memory.model),
      project: text(memory.project),
      session: text(memory.session),
      input: count(last.input_tokens),
      cache_read: count(last.cached_input_tokens),
      cache_write: 0,
      output: count(last.output_tokens),
    };
  },
};
