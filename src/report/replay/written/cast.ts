import type { Writable } from 'node:stream';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { recordingPieces } from '../../../terminal/recording/reader.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { recordingFolder } from '../../../workers/core/sessions/session-files.ts';
import { castLines } from '../terminal/cast.ts';
import { lostNote, marksOfWorker, noRecording } from '../terminal/recorded.ts';
import { writeReplay } from './file.ts';
import type { WrittenReplay } from './schema.ts';

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
  const notes: string[] = [];
  const pieces = recordingPieces(recordingFolder(app.paths.artifacts, session), (lost) =>
    notes.push(lostNote(session.id, lost)),
  );
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
  return { file, format: 'cast', sessions: [session.id], events: marks.length, bytes, notes };
}
