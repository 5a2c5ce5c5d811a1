/** What has to be known of an agent where its code is not loaded: in config.yaml, and on the way of a quick command. */
export interface ListedAgent {
  /** The name that people may type in place of the id. Output always has the id. */
  short: string;
  /** Names of its program; where a program was renamed, the newer name comes first. */
  programs: readonly string[];
  /** Its word for `agentpool setup`; the id where left out. */
  target?: string;
  /** Its guide in docs/setup; the short name where left out. */
  guide?: string;
}

/**
 * The one list of agents: an agent is a folder, `src/agents/<id>/`, and a line here. The registry loads the folder; the
 * schema of config.yaml and its defaults follow from the line. The order is that of every list that has no better one.
 */
export const AGENTS = {
  'codex-cli': { short: 'codex', programs: ['codex'], target: 'codex' },
  'claude-code': { short: 'claude', programs: ['claude'], guide: 'claude-code' },
  'cursor-cli': { short: 'cursor', programs: ['agent', 'cursor-agent'] },
  'copilot-cli': { short: 'copilot', programs: ['copilot'] },
  'devin-cli': { short: 'devin', programs: ['devin'] },
  'droid-cli': { short: 'droid', programs: ['droid'] },
  opencode: { short: 'opencode', programs: ['opencode'] },
} as const satisfies Readonly<Record<string, ListedAgent>>;

export type AgentId = keyof typeof AGENTS;

export const AGENT_IDS = Object.keys(AGENTS) as AgentId[];

/** Programs of our own that behave like agents: for trying things out without a subscription. */
export const FAKE_IDS = [
  'fake-question',
  'fake-approval',
  'fake-completed',
  'fake-idle',
  'fake-limit',
  'fake-patch',
] as const;

export const PROVIDER_IDS = [...AGENT_IDS, ...FAKE_IDS] as const;

export type FakeId = (typeof FAKE_IDS)[number];
export type ProviderId = AgentId | FakeId;

/** Every provider that config.yaml leaves on, in the order of every list: the agents, our fakes, the user's own. */
export const providerIds = (config: {
  providers: Readonly<Record<ProviderId, { enabled: boolean }>>;
  custom_providers: readonly { id: string }[];
}): string[] => [
  ...PROVIDER_IDS.filter((id) => config.providers[id]?.enabled !== false),
  ...config.custom_providers.map(({ id }) => id),
];

export const isFake = (id: string): boolean => (FAKE_IDS as readonly string[]).includes(id);

export const isAgent = (id: string): id is AgentId => Object.hasOwn(AGENTS, id);

/**
 * The id that a typed name means: `codex` is `codex-cli`. A custom provider of that very name comes first. What names
 * nothing is given back as it is, for the caller to refuse.
 */
export function fullProviderId(name: string, customProviders: readonly { id: string }[]): string {
  if (customProviders.some(({ id }) => id === name)) return name;
  return AGENT_IDS.find((id) => AGENTS[id].short === name) ?? name;
}
