import { join } from 'node:path';
import { taskMark } from '../contract/conversation.ts';
import { type Json, record, text } from '../contract/limits/values.ts';
import type { SessionOwner, SessionWords } from '../contract/session-words.ts';
import { headLines, isWrittenSince, namesIn } from '../contract/text-files.ts';

type Place = SessionOwner['place'];

/** `~/.qwen/projects/<folder>/chats/<session>.jsonl` (0.24.4), from the first prompt on. */
export const chatOf = (session: string, place: Place): string | null =>
  chats(place).find((path) => path.endsWith(`/${session}.jsonl`)) ?? null;

/** The folders of its chats, one for each folder that was worked in. */
export function chatFolders({ env, home }: Place): string[] {
  const root = join(text(env.QWEN_HOME) ?? join(home, '.qwen'), 'projects');
  return namesIn(root).map((project) => join(root, project, 'chats'));
}

/** Qwen Code takes no id of ours for a session: a worker's own is the one in which its task was given. */
export const askedFor = ({ word, since, place }: Pick<SessionOwner, 'word' | 'since' | 'place'>): string[] =>
  chats(place).filter((path) => isWrittenSince(path, since) && wasAskedFor(path, word));

export const qwenWords: SessionWords = {
  find: (owner) => askedFor(owner)[0] ?? null,
  said: (line) => (line.type === 'assistant' ? spoken(line) : null),
};

const chats = (place: Place): string[] =>
  chatFolders(place).flatMap((folder) =>
    namesIn(folder)
      .filter((name) => name.endsWith('.jsonl'))
      .map((name) => join(folder, name)),
  );

const wasAskedFor = (path: string, word: string): boolean =>
  headLines(path, taskMark(word)).some(
    (line) => line.type === 'user' && spoken(line)?.includes(taskMark(word)),
  );

/** Its parts have no types: a thought is marked as one, and what is no text has another key. */
function spoken({ message }: Json): string | null {
  const parts = record(message)?.parts;
  if (!Array.isArray(parts)) return null;
  const texts = parts.flatMap((part) => {
    const { text: words, thought } = record(part) ?? {};
    return typeof words === 'string' && thought !== true ? [words] : [];
  });
  return texts.length > 0 ? texts.join('\n') : null;
}
