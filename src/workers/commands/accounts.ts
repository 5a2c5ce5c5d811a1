import { agentNamed } from '../../agents/registry.ts';
import {
  type Account,
  accountEnvironment,
  accountKey,
  accountNamed,
  accountOfKey,
  accountsOf,
} from '../../config/accounts.ts';
import { addAccount } from '../../config/file/add-account.ts';
import { providerNamed } from '../../config/named-provider.ts';
import { userPath } from '../../config/paths.ts';
import { ACCOUNT_NAME, isAgent } from '../../config/provider-ids.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { makeFolders } from '../../lib/files/private-files.ts';
import { shell, shellLine, shellWord } from '../../lib/text/shell.ts';
import { type AppContext, reloadConfig } from '../core/context.ts';

/**
 * Adds an account to config.yaml and makes its folder. Throws PROVIDER_NOT_FOUND, INVALID_REQUEST (a provider without
 * accounts, a name that is taken or unusable), CONFIG_INVALID, CONFIG_NOT_WRITTEN.
 */
export async function newAccount(
  app: AppContext,
  word: string,
  name: string,
  folder: string | null,
): Promise<{ key: string; provider: string; name: string; folder: string }> {
  const exampleFor = (provider: string) =>
    shell`agentpool accounts add ${isAgent(provider) ? provider : 'claude'} work`;
  const provider = providerNamed(app.config, word, exampleFor);
  if (!isAgent(provider)) {
    const message = `${provider} has no accounts: a custom provider has its \`env\`, and a second entry is a second login.`;
    throw new AgentPoolError('INVALID_REQUEST', message, {
      provider_id: provider,
      example: exampleFor('claude'),
    });
  }
  if (accountsOf(app.config, provider).some((account) => account.name === name)) {
    const message = `${provider} has an account ${name} already.`;
    throw new AgentPoolError('INVALID_REQUEST', message, {
      account: name,
      example: shell`agentpool accounts login ${accountKey(provider, name)}`,
    });
  }
  if (!new RegExp(ACCOUNT_NAME).test(name)) {
    const message = `${JSON.stringify(name)} cannot be the name of an account: use up to 32 lowercase letters, digits and dashes.`;
    throw new AgentPoolError('INVALID_REQUEST', message, { account: name, example: exampleFor(provider) });
  }
  const given = folder === null ? null : userPath(folder, process.cwd(), app.env);
  addAccount(app.path, { provider, name, folder: given });
  const invalid = await reloadConfig(app);
  if (invalid) throw invalid;
  const key = accountKey(provider, name);
  const made = accountOfKey(app.config, key)?.config?.folder ?? '';
  makeFolders(made);
  return { key, provider, name, folder: made };
}

/** The agent's own command that signs an account in, for a shell. */
export async function loginOf(
  app: Pick<AppContext, 'config' | 'env'>,
  word: string,
): Promise<{ account: Account; command: string }> {
  const account = accountNamed(
    app.config,
    word,
    null,
    (provider) => shell`agentpool accounts login ${provider}`,
  );
  const { descriptor } = await agentNamed(app.config, account.provider);
  if (descriptor.sign_in === null) {
    const message = `${account.provider} has no command that signs in.`;
    throw new AgentPoolError('INVALID_REQUEST', message, {
      provider_id: account.provider,
      example: 'agentpool accounts list',
    });
  }
  const changes = Object.entries(accountEnvironment(account));
  const unset = changes.filter(([name, value]) => value === undefined && app.env[name] !== undefined);
  const set = changes.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${shellWord(value)}`],
  );
  const without = unset.length > 0 ? [`env ${shellLine(unset.flatMap(([name]) => ['-u', name]))}`] : [];
  return { account, command: [...without, ...set, descriptor.sign_in].join(' ') };
}
