import { type Conversations, theOneOf } from '../contract/conversation.ts';
import { askedFor, prompts, sessionsOf } from './session-words.ts';

/**
 * Kimi 2.1.0: an id of its own; `--session` takes it up again. With a prompt as an argument it answers once and ends. No
 * file says which process has one open.
 */
export const kimiConversations: Conversations = {
  find: (owner) => {
    const { word } = owner;
    const found = word === null ? [] : askedFor({ ...owner, word });
    return theOneOf(
      found.map(({ id }) => ({ id, about: 'was given the task' })),
      'task',
    );
  },
  isKept: (id, place) => sessionsOf(place).some((each) => each.id === id && prompts(each.path).length > 0),
  openIn: () => ({ kind: 'unknown' }),
  text: 'typed',
  otherFolder: 'refuses',
  chosenBy: /^(?:--(?:session|continue)\b|-[Sc]$)/,
};
