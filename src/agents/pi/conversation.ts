import { join } from 'node:path';
import { type Conversations, theOneOf } from '../contract/conversation.ts';
import { CHOSEN_SESSION, namedAtStart, type ProgramPlace } from '../contract/launch.ts';
import { text } from '../contract/limits/values.ts';
import { headLines, namesIn } from '../contract/text-files.ts';

/**
 * pi 1.6.0: `--session-id` fixes the id; `~/.pi/agent/sessions/--<folder>--/<date>_<id>.jsonl` keeps the conversation,
 * from its first message on. No file says which process has one open.
 */
export const piConversations: Conversations = {
  find: (owner) => theOneOf(namedAtStart(owner, piConversations), 'given'),
  isKept: (id, place) => sessions(place).some((path) => path.endsWith(`_${id}.jsonl`) && wasUsed(path)),
  openIn: () => ({ kind: 'unknown' }),
  text: 'argument',
  otherFolder: 'refuses',
  chosenBy: CHOSEN_SESSION,
};

function sessions({ env, home }: ProgramPlace): string[] {
  const own = text(env.PI_CODING_AGENT_SESSION_DIR);
  const root = own ?? join(text(env.PI_CODING_AGENT_DIR) ?? join(home, '.pi', 'agent'), 'sessions');
  return namesIn(root).flatMap((folder) =>
    namesIn(join(root, folder)).map((name) => join(root, folder, name)),
  );
}

const wasUsed = (path: string): boolean => headLines(path, '"message"').length > 0;
