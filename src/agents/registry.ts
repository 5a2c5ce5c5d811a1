import { allAccounts } from '../config/accounts.ts';
import { enabledProvider, providerNamed } from '../config/named-provider.ts';
import { AGENT_IDS, type AgentId, type FakeId, isAgent, providerIds } from '../config/provider-ids.ts';
import type { Config } from '../config/schema.ts';
import type { Agent } from './contract/agent.ts';
import type { ProviderDescriptor } from './contract/descriptor.ts';
import type { RunnableAgent } from './contract/launch.ts';
import type { DetectTarget } from './contract/locate.ts';
import { runnable } from './contract/start.ts';
import { customAgent } from './custom-agent.ts';
import { fakeAgent } from './fakes/fake-agents.ts';

/**
 * Every agent that AgentPool knows, by the one list of ids in `config/provider-ids.ts`. An agent's folder is loaded
 * when it is asked for: a worker of Codex loads nothing of Claude. The build bundles every folder with an `agent.ts`.
 */
export async function loadAgent(id: AgentId): Promise<Agent> {
  const { agent } = (await import(`./${id}/agent.ts`)) as { agent: Agent };
  return agent;
}

/** The agents of vendors, in the order of the list: neither fakes nor custom providers. */
export const allAgents = (): Promise<Agent[]> => Promise.all(AGENT_IDS.map(loadAgent));

/** The agent that a name means, short or full: a vendor's, a fake, or a custom provider of config.yaml. Throws PROVIDER_NOT_FOUND. */
export async function agentNamed(config: Pick<Config, 'custom_providers'>, name: string): Promise<Agent> {
  const id = providerNamed(config, name);
  const custom = config.custom_providers.find((each) => each.id === id);
  if (custom) return customAgent(custom);
  return isAgent(id) ? loadAgent(id) : fakeAgent(id as FakeId);
}

/** The agent of a worker that runs already, whatever config.yaml says of it now. Throws PROVIDER_NOT_FOUND. */
export const runnableAgent = async (
  config: Pick<Config, 'providers' | 'custom_providers'>,
  name: string,
): Promise<RunnableAgent> => runnable(await agentNamed(config, name), config.providers);

/** The agent for a new worker. Throws PROVIDER_NOT_FOUND, and PROVIDER_DISABLED where config.yaml has switched it off. */
export const spawnableAgent = async (
  config: Pick<Config, 'providers' | 'custom_providers'>,
  name: string,
): Promise<RunnableAgent> => runnableAgent(config, enabledProvider(config, name));

/** Every account of every provider that config.yaml leaves on, as it is looked for. */
export const targetsOf = async (
  config: Pick<Config, 'providers' | 'custom_providers'>,
): Promise<DetectTarget[]> =>
  Promise.all(
    allAccounts(config).map(async (account) => {
      const { descriptor } = await agentNamed(config, account.provider);
      return { account, descriptor };
    }),
  );

/** What is known of every provider that config.yaml leaves on: agents, fakes and custom ones. */
export const descriptorsOf = async (
  config: Pick<Config, 'providers' | 'custom_providers'>,
): Promise<ProviderDescriptor[]> =>
  Promise.all(providerIds(config).map(async (id) => (await agentNamed(config, id)).descriptor));
