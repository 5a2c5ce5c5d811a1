import { constants } from 'node:os';

export interface PaneExit {
  /** Null after a signal (`SIGKILL`), and where tmux does not report it. */
  code: number | null;
  signal: string | null;
}

export interface PaneFacts {
  pane_id: string;
  pane_pid: number;
  pane_dead: boolean;
  /** Null while alive, after a signal, and where tmux does not report it. */
  exit_code: number | null;
  /** Such as `SIGKILL`; null while alive and after an exit. tmux reports it since 3.3. */
  exit_signal: string | null;
}

/** The tmux format that paneFactsOf parses. */
export const paneFields = '#{pane_id}|#{pane_pid}|#{pane_dead}|#{pane_dead_status}|#{pane_dead_signal}';

/** Parses tmux's answer to `paneFields`; more fields may follow. */
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

/** How the process of a dead pane ended, from tmux's pane_dead_status and pane_dead_signal. */
export const paneExitOf = (status: string, signal: string): PaneExit =>
  signal
    ? { code: null, signal: signalName(signal) }
    : { code: status ? Number(status) : null, signal: null };

/** tmux reports the number, or the name without its SIG. */
function signalName(reported: string): string {
  const byNumber = Object.entries(constants.signals).find(([, number]) => String(number) === reported);
  return byNumber?.[0] ?? (reported.startsWith('SIG') ? reported : `SIG${reported}`);
}
