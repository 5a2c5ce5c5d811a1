import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ConversationCandidate,
  type ConversationOwner,
  type Conversations,
  firstFound,
  isWithin,
  stillRuns,
  taskMark,
  theOneOf,
} from '../contract/conversation.ts';
import { CHOSEN_SESSION, namedAtStart, type ProgramPlace } from '../contract/launch.ts';
import { record } from '../contract/limits/values.ts';
import { headLines, namesIn } from '../contract/text-files.ts';
import { copilotLog } from './token-log.ts';

/**
 * Copilot 1.0.102: `--session-id` fixes the id; `session-state/<id>/inuse.PID.lock` names the process that has the
 * conversation, and stays after a kill; `events.jsonl` beside it begins with the first prompt. On one that is open
 * elsewhere it shows a dialog whose default takes it over.
 */
export const copilotConversations: Conversations = {
  find: (owner) =>
    firstFound(
      () => theOneOf(ofProcesses(owner), 'lock'),
      () => theOneOf(namedAtStart(owner, copilotConversations), 'given'),
      () => theOneOf(withTask(owner), 'task'),
    ),
  isKept: (id, place) => foldersOf(place).some((folder) => existsSync(join(folder, id, EVENTS))),
  openIn: (id, place) => {
    for (const folder of foldersOf(place))
      for (const { pid, written } of locksIn(join(folder, id)))
        if (stillRuns(pid, written)) return { kind: 'open', pid };
    return { kind: 'closed' };
  },
  text: 'argument',
  otherFolder: 'works',
  chosenBy: CHOSEN_SESSION,
};

const EVENTS = 'events.jsonl';

const foldersOf = (place: ProgramPlace): string[] => copilotLog.roots(place);

const locksIn = (folder: string): { pid: number; written: Date }[] =>
  namesIn(folder).flatMap((name) => {
    const pid = /^inuse\.(\d+)\.lock$/.exec(name)?.[1];
    const written = statSync(join(folder, name), { throwIfNoEntry: false })?.mtime;
    return pid === undefined || !written ? [] : [{ pid: Number(pid), written }];
  });

const ofProcesses = ({ pids, place }: ConversationOwner): ConversationCandidate[] =>
  pids.length === 0
    ? []
    : foldersOf(place).flatMap((folder) =>
        namesIn(folder).flatMap((id) =>
          locksIn(join(folder, id))
            .filter(({ pid, written }) => pids.includes(pid) && stillRuns(pid, written))
            .map(({ pid }) => ({ id, about: `open in process ${pid}` })),
        ),
      );

function withTask(owner: ConversationOwner): ConversationCandidate[] {
  const { word, place, since } = owner;
  if (word === null) return [];
  return foldersOf(place).flatMap((folder) =>
    namesIn(folder).flatMap((id) => {
      const path = join(folder, id, EVENTS);
      const used = statSync(path, { throwIfNoEntry: false })?.mtime;
      if (!used || !isWithin(used, { since, until: null }) || !wasAsked(path, word)) return [];
      return [{ id, about: `last used ${used.toISOString()}` }];
    }),
  );
}

const wasAsked = (path: string, word: string): boolean =>
  headLines(path, taskMark(word)).some(
    ({ type, data }) => type === 'user.message' && String(record(data)?.content).includes(taskMark(word)),
  );
