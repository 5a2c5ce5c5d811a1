import { AgentPoolError } from '../../../lib/errors.ts';
import { shell } from '../../../lib/text/shell.ts';
import { historyOf } from '../../../projections/replay/history.ts';
import { replayWorker } from '../../../projections/replay/replay.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { type Mark, marksOf } from './marks.ts';

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
