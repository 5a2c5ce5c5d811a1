import { join } from 'node:path';
import { type Json, list, record, text } from '../contract/limits/values.ts';
import { openLines } from '../contract/tokens/lines.ts';
import { count, type Logged, type TokenLog } from '../contract/tokens/use.ts';
import { claudeAnswers } from './token-answers.ts';

/** `~/.claude/projects/<project>/<session>.jsonl`, one line a message (2.1.330). */
export const claudeLog: TokenLog = {
  provider_id: 'claude-code',
  named: true,
  vendor: 'anthropic',
  roots: ({ env, home }) => {
    const whole = text(env.CLAUDE_CONFIG_DIR);
    const listed = (whole ?? '').split(',').flatMap((folder) => text(folder) ?? []);
    // The name of one folder may have a comma in it; one that is not there has no logs.
    const given = listed.length > 1 && whole !== null ? [whole, ...listed] : listed;
    const config = text(env.XDG_CONFIG_HOME) ?? join(home, '.config');
    const folders = given.length > 0 ? given : [join(config, 'claude'), join(home, '.claude')];
    return folders.map((folder) => join(folder, 'projects'));
  },
  nested: true,
  isLog: (name) => name.endsWith('.jsonl'),
  open: openLines({
    marks: ['"usage"'],
    read(line, _file, memory) {
      const said = ofHelper(line) ?? line;
      const message = record(said.message);
      const usage = record(message?.usage);
      const model = text(message?.model);
      // What Claude says without a model (an interrupt, an error) is written as one of that name.
      if (!message || !usage || model === '<synthetic>') return null;
      const where = { at: said.timestamp, project: projectOf(text(said.cwd)), session: text(said.sessionId) };
      const identity = identityOf(said, message, memory);
      return [{ ...figuresOf(usage), model }, ...besides(usage, model)]
        .map((figures, place) => ({ ...where, ...figures, ...identity(figures, place) }))
        .filter(({ input, output }) => input + output > 0);
    },
  }),
  settle: claudeAnswers,
};

/** Claude's own worktrees lie in the repository, and are often gone when their tokens are read. */
const projectOf = (folder: string | null): string | null =>
  folder?.replace(/[/\\]\.claude[/\\]worktrees[/\\][^/\\]+/, '') ?? null;

type Figures = Pick<
  Logged,
  'model' | 'input' | 'cache_read' | 'cache_write' | 'cache_write_1h' | 'speed' | 'output'
>;

function figuresOf(usage: Json): Omit<Figures, 'model'> {
  const [fresh, written, cache_read, output] = FIELDS.map((name) => count(usage[name])) as Four;
  const creation = record(usage.cache_creation);
  const cache_write_1h = count(creation?.ephemeral_1h_input_tokens);
  // Some gateways report only the parts, or only the sum.
  const cache_write = Math.max(written, count(creation?.ephemeral_5m_input_tokens) + cache_write_1h);
  return {
    input: fresh + cache_write + cache_read,
    cache_read,
    cache_write,
    output,
    ...(cache_write_1h > 0 ? { cache_write_1h } : {}),
    ...(usage.speed === 'fast' ? { speed: 'fast' } : {}),
  };
}

type Four = [number, number, number, number];
const FIELDS = [
  'input_tokens',
  'cache_creation_input_tokens',
  'cache_read_input_tokens',
  'output_tokens',
] as const;

/**
 * The model calls within an answer that its own figures leave out: of an advisor, which is another model, and of a
 * compaction. The figures of the answer are those of its iterations of type `message`.
 */
function besides(usage: Json, model: string | null): Figures[] {
  return list(usage.iterations).flatMap((each) => {
    const iteration = record(each);
    if (!iteration || iteration.type === 'message') return [];
    return [{ ...figuresOf(iteration), model: text(iteration.model) ?? model }];
  });
}

/** The answer of a sub agent as some versions also report it in the log of its parent. */
function ofHelper(line: Json): Json | null {
  const data = line.type === 'progress' ? record(line.data) : null;
  const said = record(data?.message);
  if (!data || !said) return null;
  return { ...line, ...said, agentId: data.agentId ?? line.agentId, isSidechain: true };
}

/** An id that the maker of the model gave: no other answer has it. A gateway may give one id to all of its answers. */
const OWN_ID = /^msg_(?:[a-z]+_)?[0-9A-Za-z]{20,}$/;

type Identity = Pick<Logged, 'key' | 'rank'> & Partial<Logged> & { numbered?: true };

/** What says which answer a line is of. @returns a function of the figures and their place in the answer */
function identityOf(line: Json, message: Json, memory: Json): (figures: Figures, place: number) => Identity {
  const [id, request, session, agent] = [message.id, line.requestId, line.sessionId, line.agentId].map(
    text,
  ) as [string | null, string | null, string | null, string | null];
  const side = line.isSidechain === true;
  const run = runOf(line, id, memory);
  return ({ model, input, cache_read, cache_write, output }, place) => {
    const rank = (side ? 0 : 1e15) + input + output;
    const figures = [model, input, cache_read, cache_write];
    if (id === null)
      return {
        key: JSON.stringify(['', line.timestamp, agent, ...figures, output, place]),
        rank,
        numbered: true,
      };
    // Models within an answer count beside it.
    const own = place === 0 ? id : `${id} +${place}`;
    if (OWN_ID.test(id)) return { key: own, rank };
    const apart = request === null ? [line.timestamp, ...figures] : [];
    return {
      family: own,
      key: JSON.stringify([request, session, agent, side, ...apart]),
      rank,
      facts: { request, agent, side, run },
    };
  };
}

/** The first of the lines that one answer was written in, block by block, each below the one before. */
function runOf(line: Json, id: string | null, memory: Json): string | null {
  const uuid = text(line.uuid);
  if (uuid === null || id === null) return null;
  const last = record(memory.run);
  const goesOn = last?.id === id && last.uuid === text(line.parentUuid);
  const first = (goesOn ? text(last.first) : null) ?? uuid;
  memory.run = { id, uuid, first };
  return first;
}
