import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type ConversationCandidate,
  type ConversationOwner,
  type Conversations,
  firstFound,
  stillRuns,
  taskMark,
  theOneOf,
} from '../contract/conversation.ts';
import { CHOSEN_SESSION, namedAtStart, type ProgramPlace } from '../contract/launch.ts';
import { parseJson, record, text } from '../contract/limits/values.ts';
import { textParts } from '../contract/session-words.ts';
import { headLines, namesIn } from '../contract/text-files.ts';
import { claudeWords } from './session-words.ts';
import { configFolderOf } from './status.ts';
import { claudeLog } from './token-log.ts';

/**
 * Claude Code 2.1.332: `--session-id` fixes the id, `sessions/PID.json` says which conversation a process has, and
 * `projects/<folder>/<id>.jsonl` keeps it from the first prompt on. `--resume` works from any trusted folder. It warns
 * of no second process on the same conversation: what one of the two says is then lost.
 */
export const claudeConversations: Conversations = {
  find: (owner) =>
    firstFound(
      () => theOneOf(ofProcesses(owner), 'process_file'),
      () => theOneOf(namedAtStart(owner, claudeConversations), 'given'),
      () => theOneOf(withTask(owner), 'task'),
    ),
  isKept: (id, place) => claudeWords.find({ session: id, word: '', since: new Date(0), place }) !== null,
  openIn: (id, place) => {
    for (const folder of configFolders(place))
      for (const name of namesIn(join(folder, 'sessions'))) {
        const path = join(folder, 'sessions', name);
        const pid = Number(/^(\d+)\.json$/.exec(name)?.[1]);
        if (sessionIn(path) === id && stillRuns(pid, statSync(path).mtime)) return { kind: 'open', pid };
      }
    return { kind: 'closed' };
  },
  text: 'argument',
  otherFolder: 'works',
  chosenBy: CHOSEN_SESSION,
};

/** A file outlives a process that was killed, so only those of running processes are read. */
function ofProcesses({ pids, launchFolder, place }: ConversationOwner): ConversationCandidate[] {
  const folder = join(configFolderOf({ folder: launchFolder, place }), 'sessions');
  return pids.flatMap((pid) => {
    const id = sessionIn(join(folder, `${pid}.json`));
    return id === null ? [] : [{ id, about: `open in process ${pid}` }];
  });
}

/** Where its own command chose the conversation, or the id was changed by `/clear`. */
function withTask({ word, since, place }: ConversationOwner): ConversationCandidate[] {
  if (word === null) return [];
  return claudeLog.roots(place).flatMap((root) =>
    namesIn(root).flatMap((project) =>
      namesIn(join(root, project))
        .filter((name) => name.endsWith('.jsonl'))
        .map((name) => join(root, project, name))
        .filter((path) => statSync(path).mtime >= since && wasAsked(path, word))
        .map((path) => ({
          id: path.slice(dirname(path).length + 1, -'.jsonl'.length),
          about: `last used ${statSync(path).mtime.toISOString()}`,
        })),
    ),
  );
}

const wasAsked = (path: string, word: string): boolean =>
  headLines(path, taskMark(word)).some(({ type, message }) => {
    if (type !== 'user') return false;
    const content = record(message)?.content;
    const said = typeof content === 'string' ? content : textParts(content, ['text']);
    return said?.includes(taskMark(word)) ?? false;
  });

function sessionIn(path: string): string | null {
  try {
    return text(record(parseJson(readFileSync(path, 'utf8')))?.sessionId);
  } catch {
    return null;
  }
}

const configFolders = (place: ProgramPlace): string[] =>
  claudeLog
    .roots(place)
    .map((root) => dirname(root))
    .filter((folder) => existsSync(folder));
