import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  type ConversationCandidate,
  type ConversationOwner,
  type Conversations,
  firstFound,
  stillRuns,
  theOneOf,
} from '../contract/conversation.ts';
import { CHOSEN_SESSION, type ProgramPlace } from '../contract/launch.ts';
import { number, parseJson, record, text } from '../contract/limits/values.ts';
import { headOf, namesIn } from '../contract/text-files.ts';
import { askedFor, chatFolders, chatOf } from './session-words.ts';

/**
 * Qwen Code 0.24.4: an id of its own; `chats/<id>.runtime.json` says which process has a conversation, and
 * `chats/<id>.jsonl` keeps it from the first prompt on. `--resume` takes it up again.
 */
export const qwenConversations: Conversations = {
  find: (owner) =>
    firstFound(
      () => theOneOf(ofProcesses(owner), 'process_file'),
      () => theOneOf(withTask(owner), 'task'),
    ),
  isKept: (id, place) => chatOf(id, place) !== null,
  openIn: (id, place) => {
    const open = processFiles(place).find((file) => file.id === id && stillRuns(file.pid, file.written));
    return open ? { kind: 'open', pid: open.pid } : { kind: 'closed' };
  },
  text: 'argument',
  otherFolder: 'refuses',
  chosenBy: CHOSEN_SESSION,
};

/** A process has a file for each conversation that it has had; the newest is the one it has now. */
function ofProcesses({ pids, place }: ConversationOwner): ConversationCandidate[] {
  const [newest] = processFiles(place)
    .filter(({ id, pid }) => pids.includes(pid) && qwenConversations.isKept(id, place))
    .sort((one, other) => other.written.getTime() - one.written.getTime());
  return newest ? [{ id: newest.id, about: `open in process ${newest.pid}` }] : [];
}

function withTask(owner: ConversationOwner): ConversationCandidate[] {
  const { word } = owner;
  const found = word === null ? [] : askedFor({ ...owner, word });
  return found.map((path) => ({ id: basename(path, '.jsonl'), about: 'was given the task' }));
}

function processFiles(place: ProgramPlace): { id: string; pid: number; written: Date }[] {
  const paths = chatFolders(place).flatMap((folder) =>
    namesIn(folder)
      .filter((name) => name.endsWith('.runtime.json'))
      .map((name) => join(folder, name)),
  );
  return paths.flatMap((path) => {
    const { session_id, pid } = record(parseJson(headOf(path))) ?? {};
    const [id, process] = [text(session_id), number(pid)];
    const written = statSync(path, { throwIfNoEntry: false })?.mtime;
    return id === null || process === null || !written ? [] : [{ id, pid: process, written }];
  });
}
