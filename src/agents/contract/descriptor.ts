import type { ModelDescriptor } from '../../events/catalogue/providers.ts';
import type { UsageSample } from '../../events/catalogue/usage.ts';
import type { Finished } from '../../lib/process/child.ts';

export type { ModelDescriptor } from '../../events/catalogue/providers.ts';

export const CAPABILITIES = [
  'live_steering',
  'read_only_advisory',
  'worktree_edits',
  'can_run_tests',
  'supports_model_arg',
  'supports_resume',
  'supports_mcp_injection',
  'supports_acp',
  'supports_usage_probe',
  'supports_approval_detection',
  'supports_one_shot_mode',
  'supports_interactive_mode',
] as const;
export type Capability = (typeof CAPABILITIES)[number];

export const AUTH_STATUSES = ['authenticated', 'unauthenticated', 'unknown', 'unavailable'] as const;

/** Whether the user is signed in, and the source of that. */
export interface Auth {
  status: (typeof AUTH_STATUSES)[number];
  confidence: UsageSample['confidence'];
  reason: string;
}

/** How an agent says whether it is signed in, without a network and without starting a login. */
export interface AuthCheck {
  args: readonly string[];
  parse(run: Finished): Auth;
}

/** Where the setup of an agent can be read. */
export interface BillingPlace {
  env: Readonly<Record<string, string | undefined>>;
  home: string;
}

/** How a setup without a subscription is named: the worker runs, and no plan has a limit. */
export const BILLED_BY_KEY = 'billed by API key';

/** How an agent says which models it takes, without a login. */
export interface ModelListing {
  args: readonly string[];
  parse(printed: string): ModelDescriptor[];
}

/** What a launch has to know, in the words of the catalogue; a user's catalogue file may change each. */
export interface ModelSettings {
  default_model: string | null;
  smoke_model: string | null;
  model_arg: string | null;
  /** `model_arg`: an argument of the command; `runtime_settings`: a settings file for one process. */
  model_selection: 'model_arg' | 'runtime_settings';
  default_initial_prompt_mode: 'send_after_launch' | 'arg' | 'stdin';
  reasoning_effort_arg: string | null;
  reasoning_effort_config_key: string | null;
  service_tier_config_key: string | null;
  read_only_mode_arg: string | null;
  submit_keys: readonly string[];
  /** Where the list of models was taken from. */
  catalog_completeness: string | null;
  quirks: readonly string[];
}

/** A way to start an agent; the first word is looked for on PATH. */
export interface LaunchCandidate {
  words: readonly string[];
  /** What its version says, where the name alone could be another program's (`agent`, `gh`). */
  version?: RegExp;
}

/** A subscription without a program: agents of other vendors work on it, and only its limits are read. */
export interface SubscriptionPlan {
  /** Any of these variables holds its key. It is there if one is set. */
  keys: readonly string[];
  /** The agents that work on it. */
  through: readonly string[];
}

/** What is known of an agent before anything is run. */
export interface ProviderDescriptor {
  id: string;
  display_name: string;
  vendor: string;
  harness: string;
  /** A command that installs it, or the page that explains how; null for a fake or a custom provider. */
  install: string | null;
  /** The command with which a person signs in. */
  sign_in: string | null;
  /** Commands to try in this order; none for a plan. */
  commands: readonly LaunchCandidate[];
  /** Left out for everything that is a program. */
  plan?: SubscriptionPlan;
  version_args: readonly string[];
  capabilities: readonly Capability[];
  auth: AuthCheck | null;
  model_list: ModelListing | null;
  /** What it is billed by where no subscription is signed in: the name of a variable, a cloud or a provider, never a value. */
  billed_by_key?: (place: BillingPlace) => string | null;
  settings: ModelSettings;
  models: readonly ModelDescriptor[];
}

/** What most agents have in common; each file names what differs. */
export const COMMON_SETTINGS: ModelSettings = {
  default_model: null,
  smoke_model: null,
  model_arg: '--model',
  model_selection: 'model_arg',
  default_initial_prompt_mode: 'send_after_launch',
  reasoning_effort_arg: null,
  reasoning_effort_config_key: null,
  service_tier_config_key: null,
  read_only_mode_arg: null,
  submit_keys: ['Enter'],
  catalog_completeness: null,
  quirks: [],
};

/** A plan that agents of other vendors work on, by an address and a key of their configuration. */
export const planDescriptor = ({
  id,
  ...own
}: Pick<ProviderDescriptor, 'id' | 'display_name' | 'vendor'> & {
  plan: SubscriptionPlan;
}): ProviderDescriptor => ({
  id,
  ...own,
  harness: id,
  install: null,
  sign_in: null,
  commands: [],
  version_args: [],
  capabilities: ['supports_usage_probe'],
  auth: null,
  model_list: null,
  settings: { ...COMMON_SETTINGS, model_arg: null, quirks: ['plan_without_a_program'] },
  models: [],
});

export const COMMON_CAPABILITIES: readonly Capability[] = [
  'live_steering',
  'read_only_advisory',
  'worktree_edits',
  'can_run_tests',
  'supports_approval_detection',
  'supports_interactive_mode',
];

type ModelFacts = Partial<Omit<ModelDescriptor, 'id' | 'metadata'>> & {
  metadata?: Record<string, unknown>;
  efforts?: string;
  effort?: string;
};

/** One line of a list of models: `efforts` is 'low medium high', `effort` the default among them. */
export function model(id: string, facts: ModelFacts = {}): ModelDescriptor {
  const { efforts, effort, metadata = {}, ...rest } = facts;
  const reasoning =
    efforts === undefined ? {} : { reasoning: { supported: efforts.split(' '), default: effort ?? null } };
  return {
    id,
    display_name: null,
    source: 'default',
    confidence: 'observed',
    aliases: [],
    ...rest,
    metadata: { ...metadata, ...reasoning },
  };
}

export const unknownAuth = (reason: string): Auth => ({ status: 'unknown', confidence: 'unknown', reason });
