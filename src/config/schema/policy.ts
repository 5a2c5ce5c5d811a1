import Type from 'typebox';
import { count, DAY, flag, words } from './shapes.ts';

export const policy = Type.Object(
  {
    require_explicit_provider: flag(
      'Require a provider for each spawn. AgentPool never chooses one, so false has no effect.',
    ),
    allow_auto_routing: Type.Literal(false, {
      description: 'Always false: the caller chooses the provider.',
      hint: 'false, or remove the line: AgentPool never chooses a provider. Name one with --provider',
    }),
    max_parallel_sessions: count(1, 100, 'Maximum number of running workers per coordinator.'),
    allowed_providers: words('Providers that may be spawned; an empty list allows all.'),
    denied_providers: words('Providers that may not be spawned.'),
    default_isolation: Type.Enum(['read_only', 'worktree', 'shared'], {
      description: 'The isolation of a worker if the spawn does not set one.',
    }),
    require_worktree_for_edits: flag(
      'A worker whose role edits files gets its own git worktree, never your folder.',
    ),
    allow_shared_repo_edits: flag('Allow --isolation shared: the worker edits files in your folder.'),
    allow_raw_keys: flag(
      'Allow `agentpool keys`, which sends any key without a check. A caller can answer every dialog with it.',
    ),
    allow_agent_commands: flag(
      "Take a message of an MCP caller that begins like `/compact` for a command of the worker's agent. Without it, it is words, or refused. A person types commands with `agentpool send --command`.",
    ),
    min_remaining_percent: Type.Number({
      minimum: 0,
      maximum: 100,
      description: 'A provider is not usable if any of its windows has less than this left.',
    }),
    block_on_usage_statuses: words('Usage statuses that block a spawn.'),
    never_allow_overage: flag('Never start work that is billed beyond the subscription.'),
    allow_overage_for: words(
      'Providers whose work may go on when it is billed beyond the subscription, each by its name.',
    ),
    require_human_approval_for_overage: flag(
      "Leave a worker's question about paid overage to a person. AgentPool never answers it, so false has no effect.",
    ),
    usage_stale_after_seconds: count(0, 30 * DAY, 'Show a usage sample as stale when it is older than this.'),
    usage_auto_refresh_after_seconds: Type.Union(
      [Type.Integer({ minimum: 0, maximum: 30 * DAY }), Type.Null()],
      {
        description: 'Refresh the usage when the sample is older than this; null refreshes on request only.',
        hint: 'a number of seconds, for example 600, or null',
      },
    ),
  },
  { description: 'Limits on what a caller may do.' },
);
