import type { Writable } from 'node:stream';
import { stripControl } from '../../../lib/text/plain-text.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import type { WatchFault } from '../../../projections/sessions/schema.ts';
import { tailLines } from '../../../terminal/transcript/transcript.ts';
import type { Observed } from '../../../workers/commands/observe.ts';
import { stepsFor } from '../../../workers/core/setup/next-steps.ts';
import { stepLines } from '../../text/outcome.ts';
import { stateLabel } from '../../text/style.ts';
import { local } from '../../text/time.ts';
import type { ShownWords } from './worker-words.ts';

/** The current state of a worker, and what to type next. */
export function observedLines(
  observed: Observed,
  session: SessionRow,
  stream: Writable,
  words: ShownWords | null = null,
): string[] {
  const { session_id, state, event, readiness, warnings, worker_output, parsed_question } = observed;
  const because = event === 'none' ? '' : `  ${event}${readiness ? ` (${readiness})` : ''}`;
  const lines = [`${session_id}  ${stateLabel(state, stream)}${because}`];
  if (observed.watch_fault) lines.push(watchFaultLine(observed.watch_fault));
  for (const warning of warnings) lines.push(`  ! ${warning}`);
  if (parsed_question) lines.push(parsed_question.text);
  if (worker_output.included) lines.push(worker_output.text);
  else if ((state === 'FAILED' || state === 'LOST') && session.alive === 0) lines.push(...lastLines(session));
  const rule = typeof observed.metadata.rule === 'string' ? observed.metadata.rule : null;
  const steps = stepsFor({
    id: session_id,
    state,
    alive: session.alive === 1,
    rule,
    asking: words?.asking ?? null,
  });
  const read = worker_output.included ? [] : (words?.lines ?? []);
  return [...lines, ...read, ...stepLines(steps, stream)];
}

/** Why a worker cannot be watched, since when, and what to do. */
export const watchFaultLine = ({ since, error }: WatchFault): string =>
  `  ! not watched since ${local(since, new Date())}: ${error}; see agentpool doctor`;

const LAST_LINES = 5;

/** The last lines that a worker has printed: why it failed, where it ended before anything was observed. */
export const lastLines = ({ transcript_path }: Pick<SessionRow, 'transcript_path'>): string[] =>
  tailLines(transcript_path, 4 * LAST_LINES)
    .map((line) => stripControl(line).trimEnd())
    .filter((line) => line !== '')
    .slice(-LAST_LINES)
    .map((line) => `  │ ${line}`);
