import { decode, isUnreadable } from '../../../events/catalogue/index.ts';
import { errorMessage } from '../../../lib/errors.ts';
import { workerStream } from '../../../machines/worker/state.ts';
import { describeEvent } from '../../../projections/replay/event-words.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { tailLines } from '../../../terminal/transcript/transcript.ts';
import { diffOf } from '../../../workers/commands/results/patch.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { missingFiles, withFiles } from '../../../workers/core/sessions/session-files.ts';
import type { TimelineEntry, WorkerDetail } from '../model/snapshot.ts';

/** Lines of its transcript that are shown in place of the screen of a worker that has ended. */
const LAST_LINES = 400;
const MOST_BYTES = 256 * 1024;

/** What a worker printed last, once its terminal is gone. */
export function lastWords({ paths }: AppContext, session: SessionRow): WorkerDetail['screen'] {
  const missing = missingFiles(paths.artifacts, session);
  if (missing !== null) return { kind: 'failed', why: missing };
  const { transcript_path } = withFiles(paths.artifacts, session);
  const lines = tailLines(transcript_path, LAST_LINES, MOST_BYTES);
  if (lines.length === 0) return { kind: 'failed', why: 'It has printed nothing.' };
  return {
    kind: 'loaded',
    value: { rows: lines.map((text) => ({ text, runs: [] })), cols: 0, cursor: null },
  };
}

/** What it has changed so far. */
export async function diffNow(app: AppContext, session: SessionRow): Promise<WorkerDetail['diff']> {
  try {
    return { kind: 'loaded', value: await diffOf(app, session, { stat: false }) };
  } catch (error) {
    return { kind: 'failed', why: errorMessage(error) };
  }
}

/** Its events in words. */
export function timelineNow({ ledger }: AppContext, session: SessionRow): WorkerDetail['timeline'] {
  const entries = ledger.store
    .readAll({ stream: workerStream(session.id) })
    .flatMap((stored): TimelineEntry[] => {
      const event = decode(stored);
      if (isUnreadable(event)) return [];
      const { description, evidence } = describeEvent(event);
      const { state } = event.data as { state?: unknown };
      return [
        {
          at: event.occurred_at,
          state: typeof state === 'string' ? state : null,
          words: description,
          evidence,
        },
      ];
    });
  return { kind: 'loaded', value: entries };
}
