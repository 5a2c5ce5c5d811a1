import type { ObserveEvent, WorkerState } from '../../events/catalogue/words.ts';
import type { Observation } from '../../machines/worker/commands.ts';
import type { Classification } from '../../terminal/detection/classify.ts';

/** What a screen means to an observer who has seen nothing else. */
export const eventMeant = (classification: Classification): ObserveEvent =>
  asks(classification) ?? otherEvent(classification);

/** The event of a dialog that waits for somebody; null for any other screen. */
export function asks({ label, overage }: Classification): ObserveEvent | null {
  if (overage) return 'overage_prompt';
  if (label === 'question') return 'question';
  return label === 'approval' ? 'approval_prompt' : null;
}

/** A client that retries against a limit works on: the limit is a warning until the turn has ended. */
export const doing = ({ label, warnings }: Classification): Classification['label'] =>
  label === 'limit' && warnings.some(({ kind }) => kind === 'retrying') ? 'working' : label;

function otherEvent(classification: Classification): ObserveEvent {
  switch (doing(classification)) {
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

/** What is recorded of a screen that means this event. */
export function observed(event: ObserveEvent, classification: Classification): Observation {
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

/** Why a worker in this state is at its prompt: `ready`, `turn_ended` or `limit_reached`. */
export function readiness(state: WorkerState, { label }: Classification): string {
  if (label === 'limit') return 'limit_reached';
  return state === 'READY' || state === 'UNKNOWN' ? 'ready' : 'turn_ended';
}

/** The rows that tell of a limit; none where none is told of. */
export function limitEvidence({ label, evidence, warnings }: Classification): string[] {
  if (label === 'limit') return lastRows(evidence);
  return warnings.filter(({ kind }) => kind === 'limit_warning').map(({ text }) => text);
}

/** So many rows of evidence are recorded. */
export const lastRows = (evidence: readonly string[]): string[] => evidence.slice(-5);
