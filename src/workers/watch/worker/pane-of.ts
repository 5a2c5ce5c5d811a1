import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { PaneWatch } from '../../../terminal/tmux/pane/pane-watch.ts';
import type { WatchOptions } from '../../../terminal/tmux/pane/watch-options.ts';
import { LineRedactor, redact } from '../../../workspace/redaction/redaction.ts';
import type { WatchContext } from '../../core/record.ts';
import { withFiles } from '../../core/sessions/session-files.ts';

type Heard = Pick<WatchOptions, 'onScreen' | 'onExit' | 'onGone' | 'onBell' | 'onSignal' | 'onFault'>;

/** The terminal of a worker, whose lines go to its transcript, redacted. */
export function paneOf(
  { app, session }: { app: WatchContext; session: SessionRow },
  { mayWrite, onUnwritten, ...heard }: Heard & { mayWrite(): boolean; onUnwritten(error: unknown): void },
): PaneWatch {
  return new PaneWatch({
    tmux: app.tmux.of(session.id),
    paneId: session.tmux_pane,
    transcriptPath: withFiles(app.paths.artifacts, session).transcript_path,
    run: session.run,
    redaction: { lines: () => new LineRedactor(), text: redact, mayWrite, onFault: onUnwritten },
    ...heard,
  });
}
