import type { Writable } from 'node:stream';
import { AgentPoolError } from '../../lib/errors.ts';
import { shell } from '../../lib/text/shell.ts';
import { historyOf } from '../../projections/replay/history.ts';
import { replayWorker } from '../../projections/replay/replay.ts';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import { castLines } from '../../report/replay/terminal/cast.ts';
import { type Mark, marksOf } from '../../report/replay/terminal/marks.ts';
import { recordingPieces } from '../../terminal/recording/reader.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { recordingFolder } from '../../workers/core/session-files.ts';
import type { WrittenReplay } from './reports.ts';
import { writeReplay } from './written.ts';

interface Target {
  file: string;
  isForced: boolean;
  stdout: Writable;
}

/** Writes the recording of a worker as an asciicast. @throws RECORDING_MISSING, FILE_EXISTS */
export async function writeCast(
  app: AppContext,
  session: SessionRow,
  target: Target,
): Promise<WrittenReplay> {
  const marks = marksOfWorker(app, session);
  const pieces = recordingPieces(recordingFolder(app.paths.artifacts, session));
  const lines = castLines(pieces, { title: `agentpool ${session.id}`, marks });
  const first = await lines.next();
  if (first.done) throw noRecording(app, session);
  let bytes = 0;
  async function* counted(): AsyncGenerator<string> {
    for (let next: IteratorResult<string> = first; !next.done; next = await lines.next()) {
      bytes += Buffer.byteLength(next.value);
      yield next.value;
    }
  }
  const file = await writeReplay(target.file, counted(), target);
  return { file, format: 'cast', sessions: [session.id], events: marks.length, bytes, notes: [] };
}

export const marksOfWorker = ({ ledger }: AppContext, { id }: SessionRow): Mark[] =>
  marksOf([...replayWorker(historyOf(ledger.store, id).worker)]);

/** What to say of a worker without a recording. */
export function noRecording({ config }: AppContext, { id, state }: SessionRow): AgentPoolError {
  const why =
    state === 'QUEUED'
      ? 'it waits in the queue'
      : config.recording === 'off'
        ? 'recording is off in config.yaml'
        : 'it ran before there were recordings, or no watcher ran';
  return new AgentPoolError('RECORDING_MISSING', `${id} has no recording: ${why}.`, {
    session_id: id,
    example: shell`agentpool replay ${id}`,
  });
}
