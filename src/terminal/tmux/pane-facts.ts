import { constants } from 'node:os';

export interface PaneExit {
  /** Null after a signal (`SIGKILL`), and where tmux does not tell. */
  code: number | null;
  signal: string | null;
}

export interface PaneFacts {
  pane_id: string;
  pane_pid: number;
  pane_dead: boolean;
  /** Null while alive, after a signal, and where tmux does not tell. */
  exit_code: number | null;
  /** `SIGKILL`; null while alive and after an exit. tmux tells it from 3.3 on. */
  exit_signal: string | null;
}

/** What to ask tmux for, of a pane. */
export const paneFields = '#{pane_id}|#{pane_pid}|#{pane_dead}|#{pane_dead_status}|#{pane_dead_signal}';

/** What tmux answers to `paneFields`, with or without more behind it. */
export function paneFactsOf(line: string): PaneFacts {
  const [pane_id = '', pid, dead, status = '', signal = ''] = line.split('|');
  const pane_dead = dead === '1';
  const exit = pane_dead ? paneExitOf(status, signal) : null;
  return {
    pane_id,
    pane_pid: Number(pid),
    pane_dead,
    exit_code: exit?.code ?? null,
    exit_signal: exit?.signal ?? null,
  };
}

/** How the process of a dead pane ended, of tmux's pane_dead_status and pane_dead_signal. */
export const paneExitOf = (status: string, signal: string): PaneExit =>
  signal
    ? { code: null, signal: signalName(signal) }
    : { code: status ? Number(status) : null, signal: null };

/** tmux tells the number, or the name without its SIG. */
function signalName(reported: string): string {
  const byNumber = Object.entries(constants.signals).find(([, number]) => String(number) === reported);
  return byNumber?.[0] ?? (reported.startsWith('SIG') ? reported : `SIG${reported}`);
}
