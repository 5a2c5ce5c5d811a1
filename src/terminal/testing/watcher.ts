// Watches a pane until it is killed: HOME PANE TRANSCRIPT.
import { watchPane } from '../tmux/pane/pane-watch.ts';
import { TmuxServers } from '../tmux/servers.ts';
import { noRedaction } from './scratch.ts';

const [, , home = '', paneId = '', transcriptPath = ''] = process.argv;
void watchPane({
  tmux: new TmuxServers(home, process.env).of('ap_test'),
  paneId,
  transcriptPath,
  redaction: noRedaction,
  onScreen: () => {},
  onExit: () => {},
  onGone: () => {},
});
