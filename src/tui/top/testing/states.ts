import { aSample, aWindow, POLICY } from '../../../../fixtures/usage/samples.ts';
import type { WorkerState } from '../../../events/catalogue/words.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { capacity } from '../../../usage/capacity/capacity.ts';
import type { ListedWorker, Snapshot, Subscription, WorkerDetail } from '../model/snapshot.ts';
import { initialState, type State } from '../model/state.ts';
import { update } from '../model/update.ts';

export const NOW = new Date('2026-11-28T14:02:00');

export const ago = (minutes: number): string => new Date(NOW.getTime() - minutes * 60_000).toISOString();
export const inMinutes = (minutes: number): string => ago(-minutes);

let positions = 0;

/** A session in a state, `minutes` old. */
export function aSession(state: WorkerState, more: Partial<SessionRow> = {}): SessionRow {
  positions++;
  const isOver = state === 'QUEUED' || state === 'LOST' || state === 'CANCELLED';
  return {
    position: positions,
    id: `ap_worker${String(positions).padStart(4, '0')}`,
    version: 1,
    state,
    provider_id: 'codex-cli',
    harness: 'codex',
    model: null,
    account: null,
    role: 'worker',
    task: 'Look for the parser',
    runtime: 'tmux',
    isolation: 'worktree',
    repo_path: '/repo',
    worktree_path: '/repo-worktree',
    worktree_branch: 'agentpool/codex-cli/worker',
    worktree_removed_at: null,
    worktree_removed_by: null,
    recording_removed_at: null,
    artifacts_removed_at: null,
    artifact_dir: '/artifacts',
    transcript_path: '/artifacts/transcript.txt',
    tmux_session: 's',
    tmux_window: 'w',
    tmux_pane: '%0',
    pane_pid: state === 'QUEUED' ? null : 1,
    pane_started: null,
    server_pid: null,
    server_started: null,
    coordinator_id: 'cli',
    supervision: 'none',
    initial_prompt_mode: 'arg',
    max_turns: null,
    deadline_at: null,
    metadata: '{}',
    spawner_pid: 1,
    spawner_started: '',
    run: 1,
    run_at: ago(5),
    conversation_id: null,
    on_limit: null,
    parked: null,
    queued: null,
    predecessor: null,
    successor: null,
    handing_pid: null,
    handing_started: null,
    created_at: ago(5),
    updated_at: ago(5),
    ended_at: null,
    gone_at: null,
    readiness: null,
    question: null,
    last_event: 'worker.started',
    exit_code: null,
    exit_signal: null,
    reason: null,
    result: null,
    ender_pid: null,
    ender_started: null,
    alive: isOver ? 0 : 1,
    ...more,
  };
}

export const aWorker = (
  state: WorkerState,
  session: Partial<SessionRow> = {},
  more: Partial<ListedWorker> = {},
): ListedWorker => ({
  session: aSession(state, session),
  machine: null,
  since: ago(5),
  parked: null,
  place: null,
  trouble: null,
  tokens: null,
  ...more,
});

/** A subscription with these limits, each with the percentage that is used and the minutes until its reset. */
export function aSubscription(
  key: string,
  name: string,
  windows: readonly [kind: '5h' | 'weekly' | 'monthly', used: number, resetsIn: number][],
  more: Parameters<typeof aSample>[1] = {},
): Subscription {
  const at = NOW.toISOString();
  const sample = aSample(key, {
    observed_at: at,
    checked_at: at,
    status: windows.some(([, used]) => used >= 100) ? 'limit_reached' : 'available',
    windows: windows.map(([kind, used, resetsIn]) => aWindow(kind, used, inMinutes(resetsIn))),
    ...more,
  });
  const policy = { ...POLICY, min_remaining_percent: LEAST };
  const row = capacity({ samples: [sample], policy, now: NOW }).providers[key];
  if (!row) throw new Error(`no row for ${key}`);
  const account = key.split('@')[1] ?? null;
  return { key, name, account, target: key, row };
}

/** Below this percentage a limit blocks. */
const LEAST = 3;

export const aSnapshot = (more: Partial<Snapshot> = {}): Snapshot => ({
  at: NOW,
  workers: [],
  subscriptions: [],
  least: LEAST,
  recent: [],
  watcher: 'runs',
  trouble: null,
  isConfigInvalid: false,
  readOnly: null,
  ...more,
});

/** A state that shows a snapshot in a terminal of this size. */
export const aState = (snapshot: Snapshot, cols = 80, rows = 24, more: Partial<State> = {}): State => ({
  ...update(initialState(cols, rows, NOW), { kind: 'read', snapshot }),
  ...more,
});

export const aDetail = (id: string, more: Partial<WorkerDetail> = {}): WorkerDetail => ({
  id,
  screen: { kind: 'loaded', value: { cols: 80, rows: [{ text: 'Working', runs: [] }], cursor: null } },
  words: null,
  diff: { kind: 'loading' },
  timeline: { kind: 'loading' },
  ...more,
});
