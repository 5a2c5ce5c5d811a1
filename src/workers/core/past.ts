import type { LedgerEvent } from '../../events/catalogue/index.ts';
import type { ObserveEvent } from '../../events/catalogue/words.ts';

/** What earlier watchers have told of a worker: none of that is news. */
export interface Past {
  /** The name of the last result. */
  result: string | null;
  /** Whether it was printed since the worker was last given something. */
  finished: boolean;
  /** The last dialog, and whether somebody has answered it since. */
  asked: { rule: string; evidence: readonly string[]; question: string | null; answered: boolean } | null;
  /** The evidence of the last limit. */
  limit: readonly string[] | null;
  /** The row by which its client tries again; null where it does not. */
  retrying: string | null;
}

const DIALOGS: ReadonlySet<ObserveEvent> = new Set(['question', 'approval_prompt', 'overage_prompt']);

const ENDS_RETRY: ReadonlySet<string> = new Set([
  'worker.recovered',
  'worker.transitioned',
  'worker.message_sent',
  'worker.keys_sent',
]);

/** A dialog that still stands so long after its answer is asked anew. */
const ANSWER_MS = 5000;

/** Folds a worker's events into what whoever goes on watching it must not tell again. Pure. */
export function pastOf(events: Iterable<LedgerEvent>, now: Date): Past {
  const past: Past = { result: null, finished: false, asked: null, limit: null, retrying: null };
  for (const event of events) {
    if (event.type === 'worker.message_sent' || event.type === 'worker.keys_sent') {
      const isFresh = now.getTime() - Date.parse(event.occurred_at) < ANSWER_MS;
      past.asked = past.asked && isFresh ? { ...past.asked, answered: true } : null;
    }
    if (event.type === 'worker.message_sent') past.finished = false;
    if (event.type === 'worker.retrying') past.retrying = event.data.evidence.at(-1) ?? null;
    if (ENDS_RETRY.has(event.type)) past.retrying = null;
    if (event.type === 'worker.limit_warned') past.limit = event.data.evidence;
    if (event.type !== 'worker.transitioned') continue;
    const { observe_event, source, rule, evidence, question } = event.data;
    if (observe_event === 'completed' && source !== 'caller') {
      past.result = evidence[0] ?? null;
      past.finished = true;
    }
    // Whatever else was seen, the dialog had left the screen.
    past.asked = DIALOGS.has(observe_event) ? { rule, evidence, question, answered: false } : null;
  }
  return past;
}
