import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { openFiles } from '../../lib/process/open-files.ts';
import { hasProc, pidsInProc } from '../../lib/process/process-table.ts';
import {
  type ConversationCandidate,
  type Conversations,
  firstFound,
  theOneOf,
} from '../contract/conversation.ts';
import type { ProgramPlace } from '../contract/launch.ts';
import { namesIn } from '../contract/text-files.ts';
import { rolloutsAskedFor } from './session-words.ts';
import { codexLog } from './token-log.ts';

/**
 * Codex 0.171.0 takes no id. `CODEX_HOME/thread-writer-locks/<id>.lock` exists from the start of a conversation, and the
 * process that writes it holds it open: the worker itself with `--no-daemon`, else the background server, which holds
 * those of all. From the first prompt on there is `sessions/YYYY/MM/DD/rollout-<start>-<id>.jsonl`. Without `-C` a
 * resume from another folder opens a dialog, and a conversation that is open elsewhere is shown without an input box.
 */
export const codexConversations: Conversations = {
  find: (owner) =>
    firstFound(
      () => theOneOf(held(owner.pids), 'lock'),
      () => {
        const { word, since, place } = owner;
        const asked = word === null ? [] : rolloutsAskedFor({ word, since, place });
        return theOneOf(asked.flatMap(candidateOf), 'task');
      },
    ),
  isKept: (id, place) =>
    codexLog.roots(place).some((root) => hasRollout(root, id)) ||
    (codexLog.roots(place).some((root) => existsSync(root)) ? false : null),
  openIn: (id, place) => {
    if (!hasProc) return { kind: 'unknown' };
    const lock = join(codexHome(place), 'thread-writer-locks', `${id}.lock`);
    if (!existsSync(lock)) return { kind: 'closed' };
    const pid = pidsInProc().find((each) => openFiles(each).some((path) => lockedId(path) === id));
    return pid === undefined ? { kind: 'closed' } : { kind: 'open', pid };
  },
  text: 'argument',
  otherFolder: 'asks',
  chosenBy: /^(?:resume|fork)$/,
};

const codexHome = (place: ProgramPlace): string => dirname(codexLog.roots(place)[0] ?? '');

/** The path in /proc says which CODEX_HOME it is, whatever the variables of this process are. */
const lockedId = (path: string): string | null =>
  /[\\/]thread-writer-locks[\\/]([0-9a-f-]{36})\.lock$/.exec(path)?.[1] ?? null;

const held = (pids: readonly number[]): ConversationCandidate[] =>
  pids.flatMap((pid) =>
    openFiles(pid).flatMap((path) => {
      const id = lockedId(path);
      return id === null ? [] : [{ id, about: `open in process ${pid}` }];
    }),
  );

const idOf = (name: string): string | null => /-([0-9a-f-]{36})\.jsonl(?:\.zst)?$/.exec(name)?.[1] ?? null;

function candidateOf(path: string): ConversationCandidate[] {
  const id = idOf(basename(path));
  return id === null ? [] : [{ id, about: `last used ${statSync(path).mtime.toISOString()}` }];
}

/** Below `sessions` in folders by year, month and day, below `archived_sessions` in it. */
function hasRollout(folder: string, id: string, depth = 0): boolean {
  return namesIn(folder).some(
    (name) =>
      idOf(name) === id || (depth < 3 && /^\d+$/.test(name) && hasRollout(join(folder, name), id, depth + 1)),
  );
}
