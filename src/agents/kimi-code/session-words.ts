import { join } from 'node:path';
import { taskMark } from '../contract/conversation.ts';
import { type Json, record, text } from '../contract/limits/values.ts';
import { type SessionOwner, type SessionWords, textParts } from '../contract/session-words.ts';
import { headLines, isWrittenSince, namesIn } from '../contract/text-files.ts';

interface Kept {
  id: string;
  path: string;
}

/** `$KIMI_CODE_HOME/sessions/<folder>/<session>/agents/main/wire.jsonl` (2.1.0); helpers have files beside it. */
export function sessionsOf({ env, home }: SessionOwner['place']): Kept[] {
  const root = join(text(env.KIMI_CODE_HOME) ?? join(home, '.kimi-code'), 'sessions');
  return namesIn(root).flatMap((folder) =>
    namesIn(join(root, folder))
      .filter((id) => id.startsWith('session_'))
      .map((id) => ({ id, path: join(root, folder, id, 'agents', 'main', 'wire.jsonl') })),
  );
}

/** Kimi takes no id for a session: a worker's own is the one in which its task was given, as the word in it shows. */
export const askedFor = ({ word, since, place }: Pick<SessionOwner, 'word' | 'since' | 'place'>): Kept[] =>
  sessionsOf(place).filter(
    ({ path }) =>
      isWrittenSince(path, since) && prompts(path).some((words) => words.includes(taskMark(word))),
  );

/** What its user asked, in the first part of the file. */
export const prompts = (path: string): string[] =>
  headLines(path, '"turn.prompt"').flatMap((line) =>
    line.type === 'turn.prompt' ? (textParts(line.input, ['text']) ?? []) : [],
  );

export const kimiWords: SessionWords = {
  find: (owner) => askedFor(owner)[0]?.path ?? null,
  said: (line) => {
    const part = loopEvent(line, 'content.part');
    return part ? textParts([part.part], ['text']) : null;
  },
};

function loopEvent({ type, event }: Json, kind: string): Json | null {
  const inner = type === 'context.append_loop_event' ? record(event) : null;
  return inner?.type === kind ? inner : null;
}
