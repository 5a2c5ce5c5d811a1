import { basename, join } from 'node:path';
import { instant, type Json, record, text } from '../contract/limits/values.ts';
import { openLines } from '../contract/tokens/lines.ts';
import { count, type Logged, type Memory, type TokenLog } from '../contract/tokens/use.ts';
import { isCompressedRollout, isRollout } from './rollout.ts';
import { codexAnswers } from './token-answers.ts';

/** `$CODEX_HOME/sessions/YYYY/MM/DD/rollout-*.jsonl` (0.169.0), also compressed with zstd when they are old. */
export const codexLog: TokenLog = {
  provider_id: 'codex-cli',
  vendor: 'openai',
  roots: ({ env, home }) => {
    const folder = text(env.CODEX_HOME) ?? join(home, '.codex');
    return [join(folder, 'sessions'), join(folder, 'archived_sessions')];
  },
  nested: true,
  isLog: (name) => isRollout(name) || isCompressedRollout(name),
  packed: {
    isPacked: isCompressedRollout,
    load: async () => (await import('../../lib/files/unzstd.ts')).unzstd,
  },
  open: openLines({
    marks: ['"token_count"', '"token_usage_record"', '"turn_context"', '"session_meta"'],
    read(line, file, memory) {
      const payload = record(line.payload);
      if (!payload) return null;
      if (line.type === 'session_meta') readHead(line, payload, memory);
      if (line.type === 'turn_context') {
        const settings = record(record(payload.collaboration_mode)?.settings);
        memory.model = text(payload.model) ?? text(settings?.model) ?? memory.model;
        memory.project = text(payload.cwd) ?? memory.project;
      }
      if (line.type === 'token_usage_record') return ofRecord(line, payload, file, memory);
      return payload.type === 'token_count' ? ofCount(line, payload, file, memory) : null;
    },
  }),
  settle: codexAnswers,
};

/**
 * A fork of 0.120 repeats its parent's lines below its own head, and the heads among them: the one named last is the
 * eldest. One of 0.169 only names its parent (history_base) and repeats nothing. A sub agent may repeat its parent too,
 * and names it where it says how it was spawned.
 */
function readHead(line: Json, payload: Json, memory: Memory): void {
  const spawn = record(record(record(payload.source)?.subagent)?.thread_spawn);
  const named = text(payload.forked_from_id) ?? text(spawn?.parent_thread_id);
  const parent = record(payload.history_base) ? null : named;
  const id = text(payload.id);
  if (memory.session === undefined) {
    memory.session = id;
    memory.parent = parent;
    memory.begun = instant(line.timestamp);
  } else if (memory.parent === null && id !== memory.session) memory.parent = id;
  memory.family = parent ?? id;
  memory.model ??= text(payload.model);
  memory.project ??= text(payload.cwd);
}

function ofCount(line: Json, payload: Json, file: string, memory: Memory): Logged | null {
  const info = record(payload.info);
  const [last, total] = [record(info?.last_token_usage), record(info?.total_token_usage)];
  if (!last && !total) return null;
  // The total only grows in a session: an equal total is the same answer, reported again.
  const sum = total ? JSON.stringify([total.input_tokens, total.output_tokens, total.total_tokens]) : null;
  return {
    ...placeOf(line, file, memory),
    ...figuresOf(last ?? {}),
    key: JSON.stringify([sessionOf(file, memory), sum ?? [line.timestamp, last]]),
    facts: {
      kind: 'count',
      log: sessionOf(file, memory),
      parent: memory.parent ?? null,
      begun: memory.begun ?? null,
      sum,
      last: last ? usageOf(last) : null,
      total: total ? figuresOf(total) : null,
    },
  };
}

/** Since 0.151: one for each request. The request of a compaction has nothing else, because no total includes it. */
function ofRecord(line: Json, payload: Json, file: string, memory: Memory): Logged | null {
  const usage = record(payload.usage);
  if (!usage) return null;
  const response = text(payload.response_id);
  return {
    ...placeOf(line, file, memory),
    ...figuresOf(usage),
    key: JSON.stringify(['record', sessionOf(file, memory), response ?? [line.timestamp, usage]]),
    facts: { kind: 'record', log: sessionOf(file, memory), response, last: usageOf(usage) },
  };
}

const placeOf = (line: Json, file: string, memory: Memory) => ({
  family: text(memory.family) ?? sessionOf(file, memory),
  // A fork of a fork may name its own parent only.
  member: sessionOf(file, memory),
  rank: 0,
  at: line.timestamp,
  model: text(memory.model),
  project: text(memory.project),
  session: text(memory.session) ?? idIn(file),
});

const figuresOf = (usage: Json) => ({
  input: count(usage.input_tokens),
  cache_read: count(usage.cached_input_tokens),
  cache_write: count(usage.cache_write_input_tokens),
  output: count(usage.output_tokens),
});

/** A record and a count of one answer have the same. */
const usageOf = (usage: Json): string =>
  JSON.stringify([usage.input_tokens, usage.cached_input_tokens, usage.output_tokens].map(count));

/** The session's id; by the name of its log where the head is missing. */
const sessionOf = (file: string, memory: Memory): string =>
  text(memory.session) ?? idIn(file) ?? basename(file);

const idIn = (file: string): string | null =>
  /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i.exec(basename(file))?.[0] ?? null;
