/** Agents that AgentPool knows by name. Their order is the order of every list that has no better one. */
export const AGENT_IDS = [
  'codex-cli',
  'claude-code',
  'cursor-cli',
  'copilot-cli',
  'devin-cli',
  'droid-cli',
  'opencode',
] as const;

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

export type AgentId = (typeof AGENT_IDS)[number];
export type FakeId = (typeof FAKE_IDS)[number];
export type ProviderId = (typeof PROVIDER_IDS)[number];

/** Every provider that config.yaml leaves on, in the order of every list: the agents, our fakes, the user's own. */
export const providerIds = (config: {
  providers: Readonly<Record<ProviderId, { enabled: boolean }>>;
  custom_providers: readonly { id: string }[];
}): string[] => [
  ...PROVIDER_IDS.filter((id) => config.providers[id]?.enabled !== false),
  ...config.custom_providers.map(({ id }) => id),
];

export const isFake = (id: string): boolean => (FAKE_IDS as readonly string[]).includes(id);
