import { accountNamed } from '../../../config/accounts.ts';
import { enabledProvider } from '../../../config/named-provider.ts';
import {
  AGENTS,
  DEFAULT_ACCOUNT,
  fullProviderId,
  isAgent,
  type ListedAgent,
} from '../../../config/provider-ids.ts';
import type { Config } from '../../../config/schema.ts';
import type { NamedProvider, OnLimit } from '../../../events/catalogue/worker-shapes.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { shell } from '../../../lib/text/shell.ts';
import { readDuration } from '../../../lib/time/duration.ts';

export interface OnLimitWords {
  /** `stop`, `wait`, or `PROVIDER[:MODEL][@ACCOUNT],...`; null for what config.yaml says of the provider. */
  onLimit: string | null;
  /** `12h`; null for what config.yaml says. */
  waitAtMost: string | null;
}

/**
 * What happens to a worker of this provider at a limit; undefined if nothing does: it stops, as the caller is notified.
 * @throws INVALID_REQUEST, PROVIDER_NOT_FOUND, PROVIDER_DISABLED, ACCOUNT_NOT_FOUND
 */
export function onLimitOf(
  config: Pick<Config, 'providers' | 'custom_providers' | 'workers'>,
  provider: string,
  { onLimit, waitAtMost }: OnLimitWords,
): OnLimit | undefined {
  const words = (onLimit ?? configured(config, provider) ?? 'stop').trim();
  if (words === 'stop') {
    if (waitAtMost === null) return undefined;
    throw invalid(provider, '--wait-at-most bounds a wait, and this worker stops at a limit.');
  }
  const wait_at_most_seconds = seconds(provider, waitAtMost ?? config.workers.wait_at_most);
  if (words === 'wait') return { action: 'wait', fallbacks: [], wait_at_most_seconds };
  const fallbacks = words.split(',').map((word) => fallback(config, provider, word.trim()));
  const names = fallbacks.map((each) => JSON.stringify(each));
  const twice = fallbacks.find((_, index) => names.indexOf(names[index] ?? '') < index);
  if (twice) throw invalid(provider, `--on-limit names ${twice.provider_id} twice.`);
  return { action: 'hand_over', fallbacks, wait_at_most_seconds };
}

function configured(config: Pick<Config, 'providers' | 'custom_providers'>, name: string): string | null {
  const id = fullProviderId(name.split('@')[0] ?? name, config.custom_providers);
  const custom = config.custom_providers.find((each) => each.id === id);
  const known = config.providers as Record<string, { on_limit?: string } | undefined>;
  return (custom ?? known[id])?.on_limit ?? null;
}

/** `claude`, `codex:gpt-5@work`, `opencode:anthropic/claude-sonnet-5`: a model may hold a colon, an account may not. */
function fallback(
  config: Pick<Config, 'providers' | 'custom_providers'>,
  provider: string,
  word: string,
): NamedProvider {
  if (word === 'auto')
    throw invalid(provider, '--on-limit auto: AgentPool never chooses a provider. Name them in your order.');
  if (word === 'stop' || word === 'wait')
    throw invalid(
      provider,
      `--on-limit: ${word} is alone. A list names providers only; the worker waits if none of them is free.`,
    );
  const [, name, first, rest] = /^([^:@]+)(?:@([^:@]+))?(?::(.+))?$/.exec(word) ?? [];
  if (name === undefined)
    throw invalid(
      provider,
      `--on-limit ${JSON.stringify(word)}: write stop, wait, or PROVIDER[:MODEL][@ACCOUNT], separated by commas.`,
    );
  const [, model = null, last] = /^(.+?)(?:@([^@/:]+))?$/.exec(rest ?? '') ?? [];
  const account = last ?? first ?? null;
  if (first !== undefined && last !== undefined)
    throw invalid(provider, `--on-limit ${JSON.stringify(word)} names two accounts.`);
  const id = enabledProvider(config, name, (nearest) => example(provider, nearest));
  if (isAgent(id) && (AGENTS[id] as ListedAgent).plan)
    throw invalid(
      provider,
      `--on-limit ${id}: it is a plan without a program. Name the agent that works on it.`,
    );
  if (!isAgent(id)) return { provider_id: id, model, account };
  const named = accountNamed(config, id, account);
  const own = named.config ? named.name : account;
  return { provider_id: named.provider, model, account: own === DEFAULT_ACCOUNT ? null : own };
}

function seconds(provider: string, words: string): number {
  const ms = readDuration(words);
  if (ms !== null) return ms / 1000;
  throw invalid(
    provider,
    `--wait-at-most ${JSON.stringify(words)}: write a number and s, m, h or d, for example 12h.`,
  );
}

const example = (provider: string, onLimit: string): string =>
  shell`agentpool spawn --provider ${provider} --on-limit ${onLimit} --task "Fix the test"`;

const invalid = (provider: string, message: string) =>
  new AgentPoolError('INVALID_REQUEST', message, { example: example(provider, 'wait') });
