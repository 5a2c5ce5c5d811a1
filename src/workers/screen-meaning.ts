import type { ObserveEvent, WorkerState } from '../events/catalogue/words.ts';
import type { Observation } from '../machines/worker-commands.ts';
import type { Judgement } from '../terminal/detection/judge.ts';

/** What a screen means to an observer who has seen nothing else. */
export const eventMeant = (judgement: Judgement): ObserveEvent => asks(judgement) ?? otherEvent(judgement);

/** The event of a dialog that waits for somebody; null for any other screen. */
export function asks({ label, overage }: Judgement): ObserveEvent | null {
  if (overage) return 'overage_prompt';
  if (label === 'question') return 'question';
  return label === 'approval' ? 'approval_prompt' : null;
}

/** A client that retries against a limit works on: the limit is a warning until the turn has ended. */
export const doing = ({ label, warnings }: Judgement): Judgement['label'] =>
  label === 'limit' && warnings.some(({ kind }) => kind === 'retrying') ? 'working' : label;

function otherEvent(judgement: Judgement): ObserveEvent {
  switch (doing(judgement)) {
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
export function observed(event: ObserveEvent, judgement: Judgement): Observation {
  return {
    event,
    source: judgement.region === 'title' ? 'title' : 'screen',
    rule: judgement.rule ?? 'none',
    evidence: lastRows(judgement.evidence),
    confidence: judgement.label === 'unknown' ? 'unknown' : 'observed',
    question: judgement.question ?? null,
    readiness: judgement.startup ? 'waiting_on_startup_prompt' : null,
    warnings: [
      ...(judgement.startup ? [judgement.startup] : []),
      ...judgement.warnings.map(({ text }) => text),
    ],
  };
}

/** Why a worker in this state is at its prompt: `ready`, `turn_ended` or `limit_reached`. */
export function readiness(state: WorkerState, { label }: Judgement): string {
  if (label === 'limit') return 'limit_reached';
  return state === 'READY' || state === 'UNKNOWN' ? 'ready' : 'turn_ended';
}

/** The rows that tell of a limit; none where none is told of. */
export function limitEvidence({ label, evidence, warnings }: Judgement): string[] {
  if (label === 'limit') return lastRows(evidence);
  return warnings.filter(({ kind }) => kind === 'limit_warning').map(({ text }) => text);
}

/** So many rows of evidence are recorded. */
export const lastRows = (evidence: readonly string[]): string[] => evidence.slice(-5);
