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
  /** SEPARATED_BY_HOME where left out. */
  separation?: Separation;
}

/** What keeps two logins of one agent on one machine apart. */
export interface Separation {
  /** Variables that name the account's folder, or a folder below it. */
  folders: Readonly<Record<string, string>>;
  /** Variables that would sign it in with another login, whatever its folder holds. */
  logins: readonly string[];
}

/** Of an agent that has no variable of its own for its folder. */
export const SEPARATED_BY_HOME: Separation = { folders: { HOME: '.' }, logins: [] };

/**
 * The one list of agents: an agent is a folder, `src/agents/<id>/`, and a line here. The registry loads the folder; the
 * schema of config.yaml and its defaults follow from the line. This is the default order of every list.
 */
export const AGENTS = {
  'codex-cli': {
    short: 'codex',
    programs: ['codex'],
    target: 'codex',
    separation: {
      folders: { CODEX_HOME: '.' },
      logins: ['CODEX_API_KEY', 'CODEX_ACCESS_TOKEN', 'OPENAI_API_KEY'],
    },
  },
  'claude-code': {
    short: 'claude',
    programs: ['claude'],
    guide: 'claude-code',
    separation: {
      folders: { CLAUDE_CONFIG_DIR: '.' },
      logins: ['CLAUDE_CODE_OAUTH_TOKEN', 'ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN'],
    },
  },
  'cursor-cli': { short: 'cursor', programs: ['agent', 'cursor-agent'] },
  'copilot-cli': {
    short: 'copilot',
    programs: ['copilot'],
    separation: {
      folders: { COPILOT_HOME: '.', GH_CONFIG_DIR: 'gh' },
      logins: ['AGENTPOOL_COPILOT_TOKEN', 'COPILOT_GITHUB_TOKEN', 'GH_TOKEN', 'GITHUB_TOKEN'],
    },
  },
  'devin-cli': { short: 'devin', programs: ['devin'] },
  'droid-cli': {
    short: 'droid',
    programs: ['droid'],
    // Read in the binary of 0.225: it looks for `.factory` below this folder, and below HOME without it.
    separation: { folders: { FACTORY_HOME_OVERRIDE: '.' }, logins: ['FACTORY_API_KEY'] },
  },
  opencode: {
    short: 'opencode',
    programs: ['opencode'],
    separation: {
      folders: { XDG_DATA_HOME: 'data', XDG_CONFIG_HOME: 'config', XDG_STATE_HOME: 'state' },
      logins: ['OPENCODE_API_KEY'],
    },
  },
  'antigravity-cli': { short: 'agy', programs: ['agy'], guide: 'antigravity' },
  'gemini-cli': {
    short: 'gemini',
    programs: ['gemini'],
    separation: {
      ...SEPARATED_BY_HOME,
      logins: ['GEMINI_API_KEY', 'GOOGLE_API_KEY', 'GOOGLE_CLOUD_ACCESS_TOKEN'],
    },
  },
  'kimi-code': {
    short: 'kimi',
    programs: ['kimi'],
    separation: { ...SEPARATED_BY_HOME, logins: ['KIMI_CODE_API_KEY', 'KIMI_API_KEY'] },
  },
  'grok-build': {
    short: 'grok',
    programs: ['grok'],
    separation: { ...SEPARATED_BY_HOME, logins: ['XAI_API_KEY', 'GROK_CODE_XAI_API_KEY'] },
  },
  amp: { short: 'amp', programs: ['amp'], separation: { ...SEPARATED_BY_HOME, logins: ['AMP_API_KEY'] } },
  'kiro-cli': { short: 'kiro', programs: ['kiro-cli'] },
  'qwen-code': { short: 'qwen', programs: ['qwen'] },
  pi: {
    short: 'pi',
    programs: ['pi'],
    separation: { folders: { PI_CODING_AGENT_DIR: '.' }, logins: [] },
  },
  cline: {
    short: 'cline',
    programs: ['cline'],
    separation: { folders: { CLINE_DIR: '.' }, logins: ['CLINE_API_KEY'] },
  },
  kilo: {
    short: 'kilo',
    programs: ['kilo', 'kilocode'],
    separation: {
      folders: { XDG_DATA_HOME: 'data', XDG_CONFIG_HOME: 'config', XDG_STATE_HOME: 'state' },
      logins: ['KILO_API_KEY'],
    },
  },
  continue: { short: 'continue', programs: ['cn'] },
  nanocoder: { short: 'nanocoder', programs: ['nanocoder'] },
  'zai-glm': {
    short: 'zai',
    programs: [],
    plan: true,
    separation: { ...SEPARATED_BY_HOME, logins: ['Z_AI_API_KEY', 'ZAI_API_KEY'] },
  },
  minimax: {
    short: 'minimax',
    programs: [],
    plan: true,
    separation: { ...SEPARATED_BY_HOME, logins: ['MINIMAX_CODING_API_KEY', 'MINIMAX_API_KEY'] },
  },
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
  'fake-resume',
  'fake-limit-wait',
] as const;

export const PROVIDER_IDS = [...AGENT_IDS, ...FAKE_IDS] as const;

/** The account that is the environment of the caller as it is. */
export const DEFAULT_ACCOUNT = 'default';

/** What an account may be called. */
export const ACCOUNT_NAME = '^[a-z0-9][a-z0-9-]{0,31}$';

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

/** What people type for a provider: its short name, where it has one. */
export const shortName = (id: string): string => (isAgent(id) ? AGENTS[id].short : id);
