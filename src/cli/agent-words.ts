import { providerOfKey } from '../config/accounts.ts';
import { loadConfig } from '../config/file/load.ts';
import { type Env, homeFolder } from '../config/paths.ts';
import { AGENT_IDS, AGENTS, isProviderName } from '../config/provider-ids.ts';

/**
 * Whether a line that begins with this word means an agent: its id, its short name, an account of it such as
 * claude@work, or a provider of the user's own. Reads the config only for the last.
 */
export const isAgentWord = async (word: string, env: Env): Promise<boolean> =>
  isProviderName(providerOfKey(word)) || (await ownProviders(env)).includes(word);

/** The words that a line for an agent can begin with in this home: its short names, and the user's own providers. */
export const agentWords = async (env: Env): Promise<string[]> => [
  ...AGENT_IDS.map((id) => AGENTS[id].short),
  ...(await ownProviders(env)),
];

/** None if the config is invalid: the command that was meant explains that. */
async function ownProviders(env: Env): Promise<string[]> {
  try {
    return (await loadConfig(homeFolder(env), env)).config.custom_providers.map(({ id }) => id);
  } catch {
    return [];
  }
}
