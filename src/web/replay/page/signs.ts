import type { WorkerState } from '../../../events/catalogue/words.ts';
import type { EventKind } from '../../../projections/replay/event-kind.ts';
import { stateSigns } from '../../../report/text/state-signs.ts';
import { element } from './dom.ts';

export const STATE_WORDS: Readonly<Record<WorkerState, string>> = {
  QUEUED: 'queued',
  STARTING: 'starting',
  READY: 'ready',
  RUNNING: 'running',
  AWAITING_USER_INPUT: 'asks',
  AWAITING_APPROVAL: 'asks for approval',
  IDLE: 'idle',
  PARKED: 'parked',
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  LOST: 'lost',
  UNKNOWN: 'unknown',
};

export const KIND_WORDS: Readonly<Record<EventKind, string>> = {
  question: 'question',
  approval: 'approval asked for',
  answer: 'answer',
  limit: 'limit',
  park: 'parked',
  continue: 'continued',
  queue: 'queue',
  command: 'command',
  hand: 'handover',
  done: 'completed',
  fail: 'failed or lost',
  state: 'state seen',
  note: 'note',
};

/** The choices above the list. */
export const KIND_GROUPS: readonly { name: string; sign: EventKind; kinds: readonly EventKind[] }[] = [
  { name: 'Questions', sign: 'question', kinds: ['question', 'approval'] },
  { name: 'Answers', sign: 'answer', kinds: ['answer'] },
  { name: 'Limits', sign: 'limit', kinds: ['limit', 'park', 'continue'] },
  { name: 'Commands', sign: 'command', kinds: ['command', 'hand', 'queue'] },
  { name: 'Ends', sign: 'done', kinds: ['done', 'fail'] },
];

/** The kinds that get a mark on the timeline, the weightiest first. */
export const MARKED_KINDS: readonly EventKind[] = [
  ...(['fail', 'limit', 'question', 'approval', 'answer', 'done'] as const),
  ...(['hand', 'park', 'continue', 'queue', 'command'] as const),
];

export const signOf = (state: WorkerState): string => stateSigns[state]?.[0] ?? '·';

/** A state as its sign, and in words. `isLong`: its name as the log has it. */
export function stateChip(state: WorkerState | null, { isLong = false } = {}): HTMLElement {
  const sign = (text: string) => element('span', 'sign', text, { 'aria-hidden': 'true' });
  if (state === null) return element('span', 'state', [sign('·'), element('span', 'word', 'not yet')]);
  const word = element('span', 'word', isLong ? state : STATE_WORDS[state]);
  return element('span', 'state', [sign(signOf(state)), word], { 'data-state': state });
}
