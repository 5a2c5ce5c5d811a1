import type { SessionRow } from '../../../projections/sessions/queries.ts';
import type { PaneWatch } from '../../../terminal/tmux/pane/pane-watch.ts';
import type { WatchContext } from '../../core/record.ts';
import { recordingFolder } from '../../core/sessions/session-files.ts';
import { Recorder } from './recorder.ts';

interface Recorded {
  app: WatchContext;
  session: SessionRow;
  onFault(error: unknown): void;
}

/**
 * The recorder of a worker that is watched. Only the watcher records, whose lease keeps it the only writer: a command
 * that looks at a worker for a moment does not.
 */
export const recorderOf = (
  { app, session, onFault }: Recorded,
  { pane, mayWrite }: { pane(): PaneWatch; mayWrite(): boolean },
): Recorder =>
  new Recorder({
    folder: recordingFolder(app.paths.artifacts, session),
    sessionId: session.id,
    run: session.run,
    setting: () => (app.guard ? app.config.recording : 'off'),
    mayWrite,
    context: ({ alternate }) => ({
      above: alternate ? [] : pane().linesAbove(),
      head: pane().headOfFirstLine,
    }),
    onFault,
  });
