import { AGENT_IDS, AGENTS, FAKE_IDS } from '../provider-ids.ts';
import type { Config, ProviderConfig } from '../schema.ts';

/**
 * The default config, a new object per call so that no two callers share it. Plain data in a file without the schema:
 * a command in a home without a config file loads neither TypeBox nor the YAML parser. Storage paths are relative to
 * AGENTPOOL_HOME.
 */
export function defaultConfig(): Config {
  return {
    version: 1,
    storage: { db_path: 'ledger.sqlite', artifact_root: 'artifacts' },
    policy: {
      require_explicit_provider: true,
      allow_auto_routing: false,
      max_parallel_sessions: 4,
      allowed_providers: [],
      denied_providers: [],
      default_isolation: 'read_only',
      require_worktree_for_edits: true,
      allow_shared_repo_edits: false,
      allow_raw_keys: false,
      allow_agent_commands: false,
      min_remaining_percent: 10,
      block_on_usage_statuses: ['limit_reached', 'overage_possible'],
      never_allow_overage: true,
      allow_overage_for: [],
      require_human_approval_for_overage: true,
      usage_stale_after_seconds: 1800,
      usage_auto_refresh_after_seconds: null,
    },
    runtime: {
      default: 'tmux',
      tmux: { capture_lines: 300, idle_seconds: 30, session_prefix: 'agentpool' },
      terminal_control: {
        enabled: false,
        binary: 'termctrl',
        session_prefix: 'agentpool',
        capture_lines: 300,
        cols: 120,
        rows: 36,
        settle_ms: 100,
        deadline_ms: 5000,
        host: null,
        artifacts: {
          save_text: false,
          save_json: true,
          save_svg_on_failure: true,
          save_png_on_failure: false,
          record: false,
        },
      },
    },
    workspace: { worktree_root: null, setup: [], setup_timeout_seconds: 600 },
    workers: { continue_with: 'continue', wait_at_most: '24h', max_continuations: 10 },
    watcher: { enabled: true },
    recording: 'on',
    retention: { artifacts: 'off', recordings: 'off', worktrees: 'off' },
    fleet: { accept: [], leases_offline: 'refuse' },
    pager: true,
    notify: 'off',
    startup_answers: forEach(AGENT_IDS, () => ({ trust: 'ask', update: 'ask' })),
    signals: forEach(AGENT_IDS, () => true),
    providers: {
      ...forEach(AGENT_IDS, (id) => found(AGENTS[id].programs)),
      ...forEach(FAKE_IDS, () => ({ ...found([]), metadata: { fake: true } })),
    },
    custom_providers: [],
    model_catalog_paths: [],
  };
}

function found(candidates: readonly string[]): ProviderConfig {
  return {
    enabled: true,
    binary_candidates: [...candidates],
    command: null,
    models: [],
    accounts: [],
    metadata: {},
  };
}

function forEach<Id extends string, Value>(ids: readonly Id[], value: (id: Id) => Value): Record<Id, Value> {
  return Object.fromEntries(ids.map((id) => [id, value(id)])) as Record<Id, Value>;
}
