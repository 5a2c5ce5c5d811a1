import { join } from 'node:path';
import { type Conversations, theOneOf } from '../contract/conversation.ts';
import { CHOSEN_SESSION, namedAtStart } from '../contract/launch.ts';
import { headOf } from '../contract/text-files.ts';
import { sessionFolder } from './session-words.ts';

/**
 * Grok 1.0.41: `--session-id` fixes the id, and its folder is there from the start on. `--resume` takes it up again. No
 * file says which process has one open.
 */
export const grokConversations: Conversations = {
  find: (owner) => theOneOf(namedAtStart(owner, grokConversations), 'given'),
  isKept: (id, place) => {
    const folder = sessionFolder(id, place);
    return folder !== null && headOf(join(folder, 'chat_history.jsonl')).includes('<user_query>');
  },
  openIn: () => ({ kind: 'unknown' }),
  text: 'argument',
  otherFolder: 'refuses',
  chosenBy: CHOSEN_SESSION,
};
