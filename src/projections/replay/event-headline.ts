import type { LedgerEvent } from '../../events/catalogue/index.ts';
import { describeEvent } from './event-words.ts';

/**
 * An event in one line for a list of what happened: what was asked or sent where the event holds that, else its
 * description. The text is as stored in the log: the caller must sanitize it before it is shown.
 */
export function headlineOf(event: LedgerEvent): string {
  const words = quoted(event);
  return words === null ? describeEvent(event).description : `${words[0]}: ${firstLines(words[1])}`;
}

/** The words of the worker or of its caller that the event is about, and what they are. */
function quoted(event: LedgerEvent): [what: string, words: string] | null {
  switch (event.type) {
    case 'worker.transitioned': {
      const { observe_event, question, evidence } = event.data;
      const words = question ?? evidence.join(' ');
      if (words.trim() === '') return null;
      if (observe_event === 'question') return ['asks', words];
      if (observe_event === 'approval_prompt') return ['asks for approval', words];
      return observe_event === 'overage_prompt' ? ['asks whether to pay more', words] : null;
    }
    case 'worker.spawn_requested':
      return ['gets the task', event.data.task];
    case 'worker.queued':
      return ['waits for its start', event.data.task];
    case 'worker.resume_requested':
      return event.data.text === null ? null : ['is resumed with', event.data.text];
    case 'worker.message_sent':
      return event.data.continuation ? ['is continued', event.data.text] : ['gets', event.data.text];
    case 'worker.limit_warned':
      return event.data.evidence[0] === undefined ? null : ['a limit', event.data.evidence[0]];
    default:
      return null;
  }
}

const firstLines = (text: string): string => text.split('\n').join(' ').trim().slice(0, 300);
