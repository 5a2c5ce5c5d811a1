import type { SessionRow } from '../../../../projections/sessions/queries.ts';
import type { PaneExit } from '../../../../terminal/tmux/pane-facts.ts';
import { resultOf } from '../../../commands/results/result.ts';
import type { WatchContext, WorkerStream } from '../../../core/record.ts';
import { lossReason } from '../../../core/watcher/liveness.ts';

export interface EndOfWorker {
  app: WatchContext;
  session: SessionRow;
  stream: WorkerStream;
  /** The last lines, where the transcript lacks some of them. */
  unwritten(): string[] | undefined;
}

/** Records that the program of a worker has ended, and closes its terminal. */
export async function recordExit(
  { code, signal }: PaneExit,
  { app, session, stream, unwritten }: EndOfWorker,
): Promise<void> {
  const result = (await resultOf(app, session, unwritten())) ? 'present' : 'missing';
  stream.recordUnlessRejected({ kind: 'record_exit', code, signal, result });
  await app.backlog.empty();
  // The next run has its terminal in the same place.
  if (stream.catchUp().run !== session.run) return;
  await app.tmux.of(session.id).killSession(session.tmux_session);
}

/** Records that the terminal of a worker is gone, unless that was asked for. */
export async function recordLoss({ app, session, stream }: EndOfWorker): Promise<void> {
  if (stream.catchUp().ending) return;
  stream.recordUnlessRejected({ kind: 'lose', reason: lossReason(session) });
  await app.backlog.empty();
}
