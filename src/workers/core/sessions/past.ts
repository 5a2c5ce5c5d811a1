import type { LedgerEvent } from '../../../events/catalogue/index.ts';
import type { ObserveEvent } from '../../../events/catalogue/words.ts';

/** What earlier watchers have reported of a worker; it is not reported again. */
export interface Past {
  /** The digest of the last result. */
  result: string | null;
  /** Whether it was printed since the last message to the worker. */
  finished: boolean;
  /** The last dialog, and whether it was answered since. */
  dialog: { rule: string; evidence: readonly string[]; question: string | null; answered: boolean } | null;
  /** The evidence of the last limit. */
  limit: readonly string[] | null;
  /** The row in which its client says that it retries; null if it does not. */
  retrying: string | null;
  /** Whether it is reported as idle because nothing moved on its screen, which says that it works. */
  frozen: boolean;
}

/** The rule of a worker that is idle because nothing moves on its screen, which says that it works. */
export const FROZEN = 'frozen';

const DIALOGS: ReadonlySet<ObserveEvent> = new Set(['question', 'approval_prompt', 'overage_prompt']);

const ENDS_RETRY: ReadonlySet<string> = new Set([
  'worker.recovered',
  'worker.transitioned',
  'worker.message_sent',
  'worker.keys_sent',
]);

/** A dialog that is still shown this long after its answer is a new question. */
const ANSWER_MS = 5000;

const NOTHING: Past = {
  result: null,
  finished: false,
  dialog: null,
  limit: null,
  retrying: null,
  frozen: false,
};

/** The events since the last process of the worker was asked for. */
export const ofLastRun = (events: readonly LedgerEvent[]): LedgerEvent[] =>
  events.slice(events.findLastIndex(({ type }) => type === 'worker.resume_requested') + 1);

/** Folds a worker's events into what the next watcher must not report again. Pure. */
export function pastOf(events: Iterable<LedgerEvent>, now: Date): Past {
  const past: Past = { ...NOTHING };
  for (const event of events) {
    // An agent that takes up its conversation shows its last result again, and nothing else that counts.
    if (event.type === 'worker.resume_requested') Object.assign(past, { ...NOTHING, result: past.result });
    if (event.type === 'worker.message_sent' || event.type === 'worker.keys_sent') {
      const age = now.getTime() - Date.parse(event.occurred_at);
      // One from the future was given before the clock was set back.
      const isFresh = age >= 0 && age < ANSWER_MS;
      past.dialog = past.dialog && isFresh ? { ...past.dialog, answered: true } : null;
    }
    if (event.type === 'worker.message_sent') Object.assign(past, { finished: false, frozen: false });
    if (event.type === 'worker.retrying') past.retrying = event.data.evidence.at(-1) ?? null;
    if (ENDS_RETRY.has(event.type)) past.retrying = null;
    if (event.type === 'worker.limit_warned') past.limit = event.data.evidence;
    if (event.type !== 'worker.transitioned') continue;
    const { observe_event, source, rule, evidence, question, readiness } = event.data;
    past.frozen = rule === FROZEN;
    if (observe_event === 'completed' && source !== 'caller') {
      past.result = evidence[0] ?? null;
      past.finished = true;
    }
    if (readiness === 'cut_short' && evidence[1] !== undefined) {
      past.result = evidence[1];
      past.finished = true;
    }
    // Any other transition means that the dialog had left the screen.
    past.dialog = DIALOGS.has(observe_event) ? { rule, evidence, question, answered: false } : null;
  }
  return past;
}
