import { join } from 'node:path';
import { AgentPoolError } from '../lib/errors.ts';
import { suggest } from '../lib/suggest.ts';
import { shell } from '../lib/text/shell.ts';
import { enabledProvider, providerNamed } from './named-provider.ts';
import type { Env } from './paths.ts';
import {
  AGENTS,
  DEFAULT_ACCOUNT,
  isAgent,
  type ListedAgent,
  providerIds,
  SEPARATED_BY_HOME,
  type Separation,
} from './provider-ids.ts';
import type { AccountConfig, Config } from './schema.ts';

type Providers = Pick<Config, 'providers' | 'custom_providers'>;

/** One login with which a provider is used. */
export interface Account {
  /** Names it in limits and lists: `claude-code` for the default account, `claude-code@work` for another. */
  key: string;
  provider: string;
  /** `default`, or the name that config.yaml gives it. */
  name: string;
  /** What config.yaml says of it; null for the default account. */
  config: AccountConfig | null;
}

export const accountKey = (provider: string, name: string | null): string =>
  name === null || name === DEFAULT_ACCOUNT ? provider : `${provider}@${name}`;

/** The account in `claude@work`; null if the word names none. */
export const accountIn = (word: string): string | null => word.split('@', 2)[1] ?? null;

/** The provider of `claude-code@work`, and of `claude-code`. */
export const providerOfKey = (key: string): string => key.split('@')[0] ?? key;

/** Whether names of a policy mean an account: `claude-code` is every one of Claude Code, `claude-code@default` is one. */
export const namesAccount = (names: readonly string[], key: string): boolean =>
  [key, providerOfKey(key), ...(key.includes('@') ? [] : [`${key}@${DEFAULT_ACCOUNT}`])].some((name) =>
    names.includes(name),
  );

const configured = ({ providers }: Providers, provider: string): readonly AccountConfig[] =>
  isAgent(provider) ? providers[provider].accounts : [];

export const defaultAccount = (provider: string): Account => ({
  key: provider,
  provider,
  name: DEFAULT_ACCOUNT,
  config: null,
});

/** The accounts of one provider, the default one first. */
export const accountsOf = (config: Providers, provider: string): Account[] => [
  defaultAccount(provider),
  ...configured(config, provider).map((account) => ({
    key: accountKey(provider, account.name),
    provider,
    name: account.name,
    config: account,
  })),
];

/** Every account of every enabled provider, in the order of the providers. */
export const allAccounts = (config: Providers): Account[] =>
  providerIds(config).flatMap((provider) => accountsOf(config, provider));

/** The keys of the same. */
export const accountKeys = (config: Providers): string[] => allAccounts(config).map(({ key }) => key);

/** What an account changes in the environment of the caller; undefined unsets a variable. Nothing for the default one. */
export function accountEnvironment({ provider, config }: Account): Env {
  if (config === null) return {};
  const { folders, logins } = separationOf(provider);
  return {
    ...Object.fromEntries(logins.map((name) => [name, undefined])),
    ...Object.fromEntries(
      Object.entries(folders).map(([name, below]) => [name, join(config.folder ?? '', below)]),
    ),
    ...config.env,
  };
}

const separationOf = (provider: string): Separation =>
  (isAgent(provider) ? (AGENTS as Record<string, ListedAgent>)[provider]?.separation : undefined) ??
  SEPARATED_BY_HOME;

/** A place where an agent is looked for and started, as this account sees it. */
export function inAccount<Place extends { env: Env; home: string }>(place: Place, account: Account): Place {
  const env = { ...place.env, ...accountEnvironment(account) };
  return { ...place, env, home: env.HOME || place.home };
}

/**
 * The keys that a caller means: `claude` is every account of it, `claude@work` is one. Throws PROVIDER_NOT_FOUND,
 * PROVIDER_DISABLED, ACCOUNT_NOT_FOUND.
 */
export function keysNamed(
  config: Providers,
  word: string,
  exampleFor?: (provider: string) => string,
): string[] {
  const { provider, key } = accountNamed(config, word, null, exampleFor);
  enabledProvider(config, provider, exampleFor);
  return word.includes('@') ? [key] : accountsOf(config, provider).map((account) => account.key);
}

/** The account of a stored key; null if config.yaml no longer has it. */
export const accountOfKey = (config: Providers, key: string): Account | null =>
  accountsOf(config, providerOfKey(key)).find((account) => account.key === key) ?? null;

/** The key of the account that a worker uses, also where config.yaml no longer has it: its limits are no other's. */
export const keyOfWorker = ({
  provider_id,
  account,
}: {
  provider_id: string;
  account: string | null;
}): string => accountKey(provider_id, account);

/**
 * The account that a caller names: `claude`, `claude@work`, or a provider with the name of an account beside it. Throws
 * PROVIDER_NOT_FOUND, and ACCOUNT_NOT_FOUND, which suggests the closest one.
 */
export function accountNamed(
  config: Providers,
  word: string,
  beside: string | null = null,
  exampleFor?: (provider: string) => string,
): Account {
  const inWord = accountIn(word);
  const provider = providerNamed(config, providerOfKey(word), exampleFor);
  const name = inWord ?? beside ?? DEFAULT_ACCOUNT;
  if (inWord !== null && beside !== null && inWord !== beside) {
    const message = `${word} and --account ${beside} name two accounts. Name one.`;
    throw new AgentPoolError('INVALID_REQUEST', message, { provider_id: provider, account: beside });
  }
  const accounts = accountsOf(config, provider);
  const found = accounts.find((account) => account.name === name);
  if (found) return found;
  const names = accounts.map((account) => account.name);
  const near = suggest(name, names);
  throw new AgentPoolError(
    'ACCOUNT_NOT_FOUND',
    `${provider} has no account ${name}.${near ? ` Did you mean ${near}?` : ''} It has: ${names.join(', ')}.`,
    {
      provider_id: provider,
      account: name,
      example:
        isAgent(provider) && near === undefined
          ? shell`agentpool accounts add ${provider} ${name}`
          : 'agentpool accounts list',
    },
  );
}
