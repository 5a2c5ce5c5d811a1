import { processEntry } from '../../lib/process/process-table.ts';
import { ageOf } from '../../lib/process/processes.ts';
import type { SessionOwner } from './session-words.ts';

type ProgramPlace = SessionOwner['place'];

/**
 * A conversation is what an agent calls its session: what it keeps under an id of its own, and can take up again. The
 * word session is left to AgentPool's workers.
 */

/** The worker whose conversation is looked for. */
export interface ConversationOwner {
  worker: string;
  /** The run that began the conversation: 1 for a spawn. */
  run: number;
  /** The process in its pane and all below it; empty once they are gone. */
  pids: readonly number[];
  /** The folder that it works in. */
  folder: string;
  /** The word of its result's markers, which its task spells out; null where it has none. */
  word: string | null;
  since: Date;
  /** When its process ended; null while it runs. */
  until: Date | null;
  place: ProgramPlace;
  /** The folder with the files of its start; gone with its process. */
  launchFolder: string;
}

export interface ConversationCandidate {
  id: string;
  /** What distinguishes it from the others: when it was begun, and with which words. */
  about: string;
}

export type ConversationSearch =
  | { kind: 'one'; id: string; source: ConversationSource }
  /** More than one fits, and nothing says which: a person chooses. */
  | { kind: 'several'; candidates: readonly ConversationCandidate[] }
  | { kind: 'none' };

/** Where an id is known from: recorded with it. */
const conversationSources = [
  /** The agent was started with it. */
  'given',
  /** A file that the agent writes of each of its processes. */
  'process_file',
  /** A lock that the process holds open. */
  'lock',
  /** The agent's own record of the conversation, which has the worker's task in it. */
  'task',
  /** The only one of that folder and time. */
  'folder_and_time',
  /** The caller chose it. */
  'caller',
] as const;
export type ConversationSource = (typeof conversationSources)[number];

/** Whether a process has a conversation open now; unknown where the agent leaves no sign of it. */
export type OpenConversation = { kind: 'open'; pid: number } | { kind: 'closed' } | { kind: 'unknown' };

/** What an agent's files say of its conversations, and how it takes one up again. Reads only. */
export interface Conversations {
  find(owner: ConversationOwner): ConversationSearch;
  /**
   * Whether the agent still has it, so that it can be taken up; null where that cannot be read. One in which nothing was
   * asked is not kept: its worker would go on without its task.
   */
  isKept(id: string, place: ProgramPlace): boolean | null;
  openIn(id: string, place: ProgramPlace): OpenConversation;
  /** How a text goes with a resume: as the prompt of its command, or typed at its prompt, where it drops the former. */
  text: 'argument' | 'typed';
  /** What it does when it is started in another folder than that of the conversation. */
  otherFolder: 'works' | 'asks' | 'refuses';
  /** Words of a user's own command that choose a conversation: then it is not ours to take up. */
  chosenBy: RegExp;
}

const NO_CONVERSATION: ConversationSearch = { kind: 'none' };

/** The one candidate, or all of them where there are several. */
export function theOneOf(
  candidates: readonly ConversationCandidate[],
  source: ConversationSource,
): ConversationSearch {
  const distinct = [...new Map(candidates.map((each) => [each.id, each])).values()];
  const [first] = distinct;
  if (!first) return NO_CONVERSATION;
  return distinct.length === 1
    ? { kind: 'one', id: first.id, source }
    : { kind: 'several', candidates: distinct };
}

/** The first search that finds anything. */
export function firstFound(...searches: (() => ConversationSearch)[]): ConversationSearch {
  for (const search of searches) {
    const found = search();
    if (found.kind !== 'none') return found;
  }
  return NO_CONVERSATION;
}

/** How the marker in a worker's task begins with its word; a tool that prints the bare word does not match. */
export const taskMark = (word: string): string => `_${word}_x`;

/** A clock that was set, or a slow disk, must not make a file look older than the process that wrote it. */
const CLOCK_MS = 5000;

/** Whether the process that wrote its pid into a file at that time still runs: not another one with the pid of a dead one. */
export function stillRuns(pid: number, written: Date): boolean {
  const entry = processEntry(pid);
  if (!entry || entry.zombie) return false;
  const age = ageOf(entry);
  // Where the system has no ages, its start times are dates.
  const begun = age === null ? Date.parse(entry.started) : Date.now() - age;
  return Number.isNaN(begun) || begun <= written.getTime() + CLOCK_MS;
}

/** Whether a moment is in the time of a worker. */
export const isWithin = (
  moment: Date,
  { since, until }: Pick<ConversationOwner, 'since' | 'until'>,
): boolean =>
  moment.getTime() >= since.getTime() - CLOCK_MS &&
  (until === null || moment.getTime() <= until.getTime() + CLOCK_MS);
