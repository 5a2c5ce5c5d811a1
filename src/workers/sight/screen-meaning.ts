import type { ObserveEvent, WorkerState } from '../../events/catalogue/words.ts';
import type { Observation } from '../../machines/worker/commands.ts';
import type { Classification } from '../../terminal/detection/classify.ts';
import type { MotionSample } from '../../terminal/motion/motion.ts';
import type { RowSpan } from '../../terminal/motion/parts.ts';
import type { Screen } from '../../terminal/screen/screen.ts';

/** The rows of the input box, as the rules have found it, counted from 0; null where they have found none. */
function boxOf({ regions: { box } }: Classification): RowSpan | null {
  return box ? { first: box.first - 1, last: box.last - 1 } : null;
}

/** A screen as its motion is looked for: with its input box, and the rows that say what the agent does. */
export const motionReading = (screen: Screen, classification: Classification): MotionSample => ({
  screen,
  box: boxOf(classification),
  sign: classification.evidence,
});

/** What one screen means, without the screens before it. */
export const eventOf = (classification: Classification): ObserveEvent =>
  dialogEventOf(classification) ?? otherEvent(classification);

/** The event of a dialog that waits for an answer; null for any other screen. */
export function dialogEventOf({ label, overage }: Classification): ObserveEvent | null {
  if (overage) return 'overage_prompt';
  if (label === 'question') return 'question';
  return label === 'approval' ? 'approval_prompt' : null;
}

/** A client that retries after a limit still works: the limit is a warning until the turn has ended. */
export const effectiveLabel = ({ label, warnings }: Classification): Classification['label'] =>
  label === 'limit' && warnings.some(({ kind }) => kind === 'retrying') ? 'working' : label;

function otherEvent(classification: Classification): ObserveEvent {
  switch (effectiveLabel(classification)) {
    case 'working':
      return 'screen_changed';
    case 'idle':
    case 'limit':
      return 'idle';
    case 'error':
      return 'error';
    default:
      return 'none';
  }
}

/** The observation that is recorded for a screen with this event. */
export function observationOf(event: ObserveEvent, classification: Classification): Observation {
  return {
    event,
    source: classification.region === 'title' ? 'title' : 'screen',
    rule: classification.rule ?? 'none',
    evidence: lastRows(classification.evidence),
    confidence: classification.label === 'unknown' ? 'unknown' : 'observed',
    question: classification.question ?? null,
    readiness: classification.startup ? 'waiting_on_startup_prompt' : null,
    warnings: [
      ...(classification.startup ? [classification.startup] : []),
      ...classification.warnings.map(({ text }) => text),
    ],
  };
}

/** Why a worker in this state is at its prompt: `ready`, `turn_ended` or `limit_reached`; `cut_short` is more than one screen shows. */
export function readiness(state: WorkerState, { label }: Classification): string {
  if (label === 'limit') return 'limit_reached';
  return state === 'READY' || state === 'UNKNOWN' ? 'ready' : 'turn_ended';
}

/** The rows that name a limit; empty if there is none. */
export function limitEvidence({ label, evidence, warnings }: Classification): string[] {
  if (label === 'limit') return lastRows(evidence);
  return warnings.filter(({ kind }) => kind === 'limit_warning').map(({ text }) => text);
}

/** How many rows of evidence are recorded. */
export const lastRows = (evidence: readonly string[]): string[] => evidence.slice(-5);

/** A worker has printed its result, known by its digest. `isProven`: with the word of its session. */
export const completed = (
  result: string,
  classification: Classification,
  isProven: boolean,
): Observation => ({
  ...observationOf('completed', classification),
  rule: 'result_block',
  confidence: isProven ? 'official' : 'unproven',
  evidence: [result],
});

/** Whether a turn has ended with an answer, and not with a limit. */
export const isAnswer = (observation: Observation | null, { label }: Classification): boolean =>
  label !== 'limit' &&
  observation?.confidence !== 'unproven' &&
  (observation?.event === 'completed' || observation?.event === 'idle');
