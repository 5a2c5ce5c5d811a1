import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Conversations, stillRuns } from '../contract/conversation.ts';
import { agentSessionId, CHOSEN_SESSION, type ProgramPlace } from '../contract/launch.ts';

const fileOf = (place: ProgramPlace, name: string): string => join(place.home, '.fake-resume', name);

/** Those of `fixtures/agents/fake-resume.mjs`: a file and a lock for each id. */
export const fakeConversations: Conversations = {
  find: ({ worker, run, place }) => {
    const id = agentSessionId(worker, run);
    return fakeConversations.isKept(id, place) ? { kind: 'one', id, source: 'given' } : { kind: 'none' };
  },
  isKept: (id, place) => existsSync(fileOf(place, `${id}.jsonl`)),
  openIn: (id, place) => {
    const lock = fileOf(place, `${id}.lock`);
    const written = statSync(lock, { throwIfNoEntry: false })?.mtime;
    const pid = written ? Number(readFileSync(lock, 'utf8')) : 0;
    return written && stillRuns(pid, written) ? { kind: 'open', pid } : { kind: 'closed' };
  },
  text: 'argument',
  otherFolder: 'works',
  chosenBy: CHOSEN_SESSION,
};
