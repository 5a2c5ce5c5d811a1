import { AgentPoolError } from '../../../lib/errors.ts';
import { counted } from '../../../lib/text/counted.ts';
import { shell } from '../../../lib/text/shell.ts';
import { historyOf } from '../../../projections/replay/history.ts';
import { replayWorker } from '../../../projections/replay/replay.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { recordingBytes } from '../../../terminal/recording/pieces.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { recordingFolder, recordingRemovedByGc } from '../../../workers/core/sessions/session-files.ts';
import { type Mark, marksOf } from './marks.ts';

export const marksOfWorker = ({ ledger }: AppContext, { id }: SessionRow): Mark[] =>
  marksOf([...replayWorker(historyOf(ledger.store, id).worker)]);

/** What to say of a recording that is not whole; nothing of one that is. */
export const lostNote = (session: string, pieces: number): string =>
  `${counted(pieces, 'piece')} of the recording of ${session} ${pieces === 1 ? 'is' : 'are'} missing or damaged: what the terminal showed then is left out.`;

/** What to say of a worker without a recording that can be read. */
export function noRecording({ config, paths }: AppContext, session: SessionRow): AgentPoolError {
  const { id, state } = session;
  const folder = recordingFolder(paths.artifacts, session);
  if ((recordingBytes(folder) ?? 0) > 0)
    return new AgentPoolError(
      'RECORDING_MISSING',
      `The recording of ${id} in ${folder} has nothing that can be read: it is damaged, or of a later release.`,
      { session_id: id, path: folder, example: shell`agentpool replay ${id}` },
    );
  const why =
    state === 'QUEUED' ? 'it waits in the queue' : (recordingRemovedByGc(session) ?? never(config.recording));
  return new AgentPoolError('RECORDING_MISSING', `${id} has no recording: ${why}.`, {
    session_id: id,
    example: shell`agentpool replay ${id}`,
  });
}

const never = (setting: AppContext['config']['recording']): string =>
  setting === 'off'
    ? 'recording is off in config.yaml'
    : 'it ran before there were recordings, or no watcher ran';
