import { statSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ConversationCandidate,
  type ConversationOwner,
  type Conversations,
  firstFound,
  isWithin,
  taskMark,
  theOneOf,
} from '../contract/conversation.ts';
import { CHOSEN_SESSION, namedAtStart, type ProgramPlace } from '../contract/launch.ts';
import { text } from '../contract/limits/values.ts';
import { headLines, headOf, namesIn } from '../contract/text-files.ts';

/**
 * Gemini CLI 0.61.0: `--session-id` fixes the id; `~/.gemini/tmp/<project>/chats/session-<date>-<first 8 of the id>.jsonl`
 * keeps the conversation, with the id in its first line. It knows only those of the folder that it is started in, and
 * no file says which process has one open.
 */
export const geminiConversations: Conversations = {
  find: (owner) =>
    firstFound(
      () => theOneOf(namedAtStart(owner, geminiConversations), 'given'),
      () => theOneOf(withTask(owner), 'task'),
    ),
  isKept: (id, place) =>
    chats(place).some((path) => path.includes(id.slice(0, 8)) && idIn(path) === id && wasUsed(path)),
  openIn: () => ({ kind: 'unknown' }),
  text: 'argument',
  otherFolder: 'refuses',
  chosenBy: CHOSEN_SESSION,
};

function chats({ env, home }: ProgramPlace): string[] {
  const root = join(text(env.GEMINI_CLI_HOME) ?? home, '.gemini', 'tmp');
  return namesIn(root).flatMap((project) => {
    const folder = join(root, project, 'chats');
    return namesIn(folder)
      .filter((name) => /^session-.*\.jsonl$/.test(name))
      .map((name) => join(folder, name));
  });
}

const idIn = (path: string): string | null => text(headLines(path, '"sessionId"')[0]?.sessionId);

/** The file is there before the first prompt; without one there is nothing to take up. */
const wasUsed = (path: string): boolean => headLines(path, '"type"').some(({ type }) => type === 'user');

function withTask(owner: ConversationOwner): ConversationCandidate[] {
  const { word, since, place } = owner;
  if (word === null) return [];
  return chats(place).flatMap((path) => {
    const used = statSync(path, { throwIfNoEntry: false })?.mtime;
    if (!used || !isWithin(used, { since, until: null }) || !headOf(path).includes(taskMark(word))) return [];
    const id = idIn(path);
    return id === null ? [] : [{ id, about: `last used ${used.toISOString()}` }];
  });
}
