import { deadWindowName } from './config.ts';
import { ControlClient, SUBSCRIPTION } from './control-client.ts';
import type { Tmux } from './tmux.ts';

export interface PaneListener {
  output(bytes: Buffer): void;
  /** The output may have a gap, or the pane may have died or changed its size. */
  recheck(): void;
  /** The session is gone, or only this client is. */
  exit(): void;
}

/** A control client that follows one pane of a session. */
export function paneClient(
  tmux: Tmux,
  session: string,
  paneId: string,
  listener: PaneListener,
): ControlClient {
  const client = new ControlClient(tmux, session);
  client.on('output', (pane, bytes) => {
    if (pane === paneId) listener.output(bytes);
  });
  client.on('dropped', (pane) => {
    if (pane !== paneId) return;
    client.command('refresh-client', '-A', `${pane}:continue`).catch(() => {});
    listener.recheck();
  });
  client.on('windowRenamed', (_, name) => {
    if (name === deadWindowName) listener.recheck();
  });
  client.on('subscribed', (name, value) => {
    if (name === SUBSCRIPTION && value === '1') listener.recheck();
  });
  client.on('layoutChanged', () => listener.recheck());
  client.on('exit', () => listener.exit());
  // The hook reports an exit at once, but tmux can miss that a child has exited; this subscription sees its closed
  // terminal. (A subscription to the pane itself would stop when the pane dies.)
  client
    .command(
      'refresh-client',
      '-B',
      `${SUBSCRIPTION}::#{W:#{P:#{?#{==:#{pane_id},${paneId}},#{pane_dead},}}}`,
    )
    .catch(() => {});
  return client;
}
