import type { Screen } from '../../screen/screen.ts';
import type { TerminalSignal } from '../../screen/terminal-signals.ts';
import type { Redaction } from '../../transcript/redaction.ts';
import type { PaneExit } from '../pane-facts.ts';
import type { TmuxServer } from '../server.ts';

/** Which pane is watched, and what is called for what happens in it. */
export interface WatchOptions {
  tmux: TmuxServer;
  paneId: string;
  transcriptPath: string;
  /** The number of the worker's process whose pane it is; 1 where left out. */
  run?: number;
  redaction: Redaction;
  /**
   * Called with the first screen and after changes, at most 60 times a second, and less often where it takes long or the
   * screen is drawn steadily. The last screen is always passed on.
   */
  onScreen(screen: Screen): void;
  /** The worker has exited and the transcript is complete. Also called when it had exited before the watch. */
  onExit(exit: PaneExit): void;
  /** The pane is gone and its exit is not known. */
  onGone(): void;
  onTitle?(title: string): void;
  onBell?(): void;
  /** While its output is read: the screen may be half drawn. */
  onSignal?(signal: TerminalSignal): void;
  /** The pane could not be captured; it is tried again. */
  onFault?(error: unknown): void;
}
