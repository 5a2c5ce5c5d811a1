/** What config.yaml and quick commands need to know of an agent without loading its code. */
export interface ListedAgent {
  /** The short name that users may type instead of the id. Output always uses the id. */
  short: string;
  /** Names of its program. If the program was renamed, the newer name comes first. */
  programs: readonly string[];
  /** Its name for `agentpool setup`; defaults to the id. */
  target?: string;
  /** Its guide in docs/setup; defaults to the short name. */
  guide?: string;
  /** A plan without a program of its own: its limits are read, and other agents work on it. */
  plan?: true;
}

/**
 * The one list of agents: an agent is a folder, `src/agents/<id>/`, and a line here. The registry loads the folder; the
 * schema of config.yaml and its defaults follow from the line. This is the default order of every list.
 */
export const AGENTS = {
  'codex-cli': { short: 'codex', programs: ['codex'], target: 'codex' },
  'claude-code': { short: 'claude', programs: ['claude'], guide: 'claude-code' },
  'cursor-cli': { short: 'cursor', programs: ['agent', 'cursor-agent'] },
  'copilot-cli': { short: 'copilot', programs: ['copilot'] },
  'devin-cli': { short: 'devin', programs: ['devin'] },
  'droid-cli': { short: 'droid', programs: ['droid'] },
  opencode: { short: 'opencode', programs: ['opencode'] },
  'antigravity-cli': { short: 'agy', programs: ['agy'], guide: 'antigravity' },
  'gemini-cli': { short: 'gemini', programs: ['gemini'] },
  'kimi-code': { short: 'kimi', programs: ['kimi'] },
  'grok-build': { short: 'grok', programs: ['grok'] },
  amp: { short: 'amp', programs: ['amp'] },
  'kiro-cli': { short: 'kiro', programs: ['kiro-cli'] },
  'qwen-code': { short: 'qwen', programs: ['qwen'] },
  'zai-glm': { short: 'zai', programs: [], plan: true },
  minimax: { short: 'minimax', programs: [], plan: true },
} as const satisfies Readonly<Record<string, ListedAgent>>;

export type AgentId = keyof typeof AGENTS;

export const AGENT_IDS = Object.keys(AGENTS) as AgentId[];

/** Fake agents, for trying AgentPool without a subscription. */
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

/** Every enabled provider, in the default order: the agents, the fakes, the user's own. */
export const providerIds = (config: {
  providers: Readonly<Record<ProviderId, { enabled: boolean }>>;
  custom_providers: readonly { id: string }[];
}): string[] => [
  ...PROVIDER_IDS.filter((id) => config.providers[id]?.enabled !== false),
  ...config.custom_providers.map(({ id }) => id),
];

export const isFake = (id: string): boolean => (FAKE_IDS as readonly string[]).includes(id);

/** Whether a word is the id or the short name of a provider that AgentPool knows by itself. */
export const isProviderName = (word: string): boolean =>
  (PROVIDER_IDS as readonly string[]).includes(word) || AGENT_IDS.some((id) => AGENTS[id].short === word);

export const isAgent = (id: string): id is AgentId => Object.hasOwn(AGENTS, id);

/**
 * Resolves a typed name to an id: `codex` is `codex-cli`. A custom provider of exactly that name comes first. An
 * unknown name is returned unchanged, for the caller to refuse.
 */
export function fullProviderId(name: string, customProviders: readonly { id: string }[]): string {
  if (customProviders.some(({ id }) => id === name)) return name;
  return AGENT_IDS.find((id) => AGENTS[id].short === name) ?? name;
}
