import type { LedgerEvent } from '../../../events/catalogue/index.ts';
import type { ConversationEntry } from './facts.ts';

/** What the log of a worker says of its conversation with its caller. */
export interface Conversation {
  exchanges: ConversationEntry[];
  /** Asked, and not answered since. */
  openQuestion: string | null;
  /** The newest rows of its screen that named a limit. */
  limit: readonly string[];
}

/** Folds a worker's events, oldest first. Pure. */
export function conversationIn(events: Iterable<LedgerEvent>): Conversation {
  const exchanges: ConversationEntry[] = [];
  let openQuestion: string | null = null;
  let limit: readonly string[] = [];
  for (const event of events) {
    switch (event.type) {
      case 'worker.transitioned': {
        const { question, readiness, evidence } = event.data;
        if (readiness === 'limit_reached') limit = evidence;
        // Anything else on the screen means that it was answered in the terminal.
        const isAgain = question !== null && question === openQuestion;
        openQuestion = question;
        if (question !== null && !isAgain) exchanges.push({ kind: 'asked', text: question });
        break;
      }
      case 'worker.limit_warned':
        limit = event.data.evidence;
        break;
      case 'worker.keys_sent':
        if (openQuestion !== null) exchanges.push({ kind: 'keys', text: event.data.keys.join(' ') });
        openQuestion = null;
        break;
      case 'worker.message_sent':
        exchanges.push({ kind: openQuestion === null ? 'sent' : 'answered', text: event.data.text });
        openQuestion = null;
        break;
      default:
        break;
    }
  }
  return { exchanges, openQuestion, limit };
}
