import { shell } from '../lib/text/shell.ts';
import { namesAccount } from './accounts.ts';
import type { Isolation, Policy } from './schema.ts';

/** A refusal by the policy: the rule, the reason, and a command to run next. */
export interface PolicyRefusal {
  code: 'POLICY_BLOCKED';
  /** The key of config.yaml's policy that decided. */
  policy: keyof Policy;
  message: string;
  example: string;
}

export interface SpawnToCheck {
  provider: string;
  /** The key of its account: `claude-code@work`. */
  account?: string;
  role: string;
  isolation: Isolation;
}

/** Roles that edit files. All other roles only read. */
const EDITING_ROLES: ReadonlySet<string> = new Set(['implementer']);

/** The isolation of a spawn that does not set one: a worktree for a role that edits, if the policy asks for that. Pure. */
export function isolationFor(policy: Policy, role: string, named: Isolation | undefined): Isolation {
  if (named !== undefined) return named;
  const edits = policy.require_worktree_for_edits && EDITING_ROLES.has(role);
  return edits ? 'worktree' : policy.default_isolation;
}

/** Checks a spawn against the policy: null, or the first rule that refuses it. Pure. */
export function checkSpawn(
  policy: Policy,
  { provider, account = provider.trim(), role, isolation }: SpawnToCheck,
): PolicyRefusal | null {
  const named = provider.trim();
  if (named === '' || named.toLowerCase() === 'auto') {
    return refusal(
      'require_explicit_provider',
      'AgentPool never chooses a provider. Look at what is left, then name one with --provider.',
      'agentpool usage-summary',
    );
  }
  if (namesAccount(policy.denied_providers, account)) {
    const message = `${account} is denied by policy.denied_providers in your config. Take another, or remove it there.`;
    return refusal('denied_providers', message, 'agentpool providers');
  }
  if (policy.allowed_providers.length > 0 && !namesAccount(policy.allowed_providers, account)) {
    const allowed = policy.allowed_providers.join(', ');
    const message = `${account} is not among policy.allowed_providers in your config (${allowed}). Take one of them, or add it there.`;
    return refusal('allowed_providers', message, 'agentpool providers');
  }
  return checkIsolation(policy, named, role, isolation);
}

/** The known limits of the provider of a spawn. */
export interface KnownLimit {
  provider: string;
  /** The model whose own limit it is; null for the limit of the plan. */
  model?: string | null;
  /** The latest usage status. */
  status: string;
  /** When every exhausted limit has reset; null if unknown. */
  backAt: string | null;
}

/** Checks a spawn against the known limits of its provider. Pure. */
export function checkUsage(policy: Policy, limit: KnownLimit): PolicyRefusal | null {
  const { provider, model = null, status, backAt } = limit;
  if (status === 'overage_possible' && policy.allow_overage_for.includes(provider)) return null;
  const rule = policy.block_on_usage_statuses.includes(status)
    ? 'block_on_usage_statuses'
    : policy.never_allow_overage && status === 'overage_possible'
      ? 'never_allow_overage'
      : null;
  if (!rule) return null;
  const said = STATUS_WORDS[status] ?? `is ${status.replaceAll('_', ' ')}`;
  const back = backAt === null ? 'When it is back is not known.' : `It is back at ${backAt}.`;
  const allow =
    status === 'overage_possible'
      ? ` If you want to pay for it, add ${provider} to policy.allow_overage_for in your config.`
      : '';
  const [who, instead] =
    model === null
      ? [provider, 'Take another provider']
      : [`${model} on ${provider}`, 'Take another model or provider'];
  const message = `${who} ${said}, and policy.${rule} keeps it from new work. ${back} ${instead}, or ask it again.${allow}`;
  return refusal(rule, message, shell`agentpool usage-summary --refresh --provider ${provider}`);
}

const STATUS_WORDS: Record<string, string> = {
  limit_reached: 'has reached its limit',
  overage_possible: 'has used up its plan, and more is billed',
  near_limit: 'has little left',
};

function checkIsolation(policy: Policy, provider: string, role: string, isolation: Isolation) {
  if (isolation !== 'shared') return null;
  const example = shell`agentpool spawn --provider ${provider} --isolation worktree --role ${role} --task "Fix the failing tests"`;
  if (!policy.allow_shared_repo_edits) {
    const message =
      'A worker in --isolation shared edits in your folder, beside you. Use --isolation worktree, or set policy.allow_shared_repo_edits: true.';
    return refusal('allow_shared_repo_edits', message, example);
  }
  if (policy.require_worktree_for_edits && EDITING_ROLES.has(role)) {
    const message = `A worker in the role ${role} edits, so it gets a worktree of its own. Use --isolation worktree, or set policy.require_worktree_for_edits: false.`;
    return refusal('require_worktree_for_edits', message, example);
  }
  return null;
}

/** Checks that the coordinator may run one more worker than its `live` ones. */
export function checkParallel(policy: Policy, live: number): PolicyRefusal | null {
  if (live < policy.max_parallel_sessions) return null;
  const message = `${live} workers are live and policy.max_parallel_sessions is ${policy.max_parallel_sessions}. End one, or raise the limit.`;
  return refusal('max_parallel_sessions', message, 'agentpool sessions');
}

/** Checks that raw keys may be sent to worker `session`. */
export function checkRawKeys(policy: Policy, session: string): PolicyRefusal | null {
  if (policy.allow_raw_keys) return null;
  const message =
    'Raw keys are off: with them a caller can answer every dialog of a worker. Send text with agentpool send, or set policy.allow_raw_keys: true.';
  return refusal('allow_raw_keys', message, shell`agentpool send ${session} "your answer"`);
}

function refusal(policy: keyof Policy, message: string, example: string): PolicyRefusal {
  return { code: 'POLICY_BLOCKED', policy, message, example };
}
