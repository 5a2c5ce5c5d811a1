// Watches a pane until it is killed: HOME PANE TRANSCRIPT.
import { watchPane } from '../tmux/pane-watch.ts';
import { Tmux } from '../tmux/tmux.ts';
import { noRedaction } from './scratch.ts';

const [, , home = '', paneId = '', transcriptPath = ''] = process.argv;
await watchPane({
  tmux: new Tmux(home, process.env),
  session: 'w',
  paneId,
  transcriptPath,
  redaction: noRedaction,
  onScreen: () => {},
  onExit: () => {},
  onGone: () => {},
});
