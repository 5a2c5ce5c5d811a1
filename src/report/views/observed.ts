import type { Writable } from 'node:stream';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import type { Observed } from '../../workers/commands/observe.ts';
import { stepsFor } from '../../workers/core/next-steps.ts';
import { stepLines } from '../text/outcome.ts';
import { stateLabel } from '../text/style.ts';

/** The current state of a worker, and what to type next. */
export function observedLines(observed: Observed, session: SessionRow, stream: Writable): string[] {
  const { session_id, state, event, readiness, warnings, worker_output, parsed_question } = observed;
  const because = event === 'none' ? '' : `  ${event}${readiness ? ` (${readiness})` : ''}`;
  const lines = [`${session_id}  ${stateLabel(state, stream)}${because}`];
  for (const warning of warnings) lines.push(`  ! ${warning}`);
  if (parsed_question) lines.push(parsed_question.text);
  if (worker_output.included) lines.push(worker_output.text);
  const steps = stepsFor({ id: session_id, state, alive: session.alive === 1 });
  return [...lines, ...stepLines(steps, stream)];
}
