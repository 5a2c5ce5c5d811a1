import Type from 'typebox';
import { AGENT_IDS, PROVIDER_IDS } from './provider-ids.ts';

/**
 * The one description of config.yaml: its types, its validation and its documentation are all read from here; the
 * values in force when nothing is written stand in defaults.ts. Besides JSON Schema's own words a key may carry
 * `hint` (what to write instead of a wrong value), `keyed` (every child has the same shape, under such a name) and
 * `unused` (accepted from older files, without effect).
 */

const text = (description: string, options: object = {}) => Type.String({ description, ...options });
const words = (description: string, options: object = {}) =>
  Type.Array(Type.String({ minLength: 1 }), { description, ...options });
const flag = (description: string, options: object = {}) => Type.Boolean({ description, ...options });
const count = (minimum: number, maximum: number, description: string) =>
  Type.Integer({ minimum, maximum, description });
const free = (description: string, options: object = {}) =>
  Type.Record(Type.String(), Type.Unknown(), { description, ...options });

const DAY = 86_400;

const model = Type.Object(
  {
    id: text('What the agent is given as its model.', { minLength: 1 }),
    display_name: Type.Union([Type.String(), Type.Null()], {
      description: 'The name that people read.',
      default: null,
    }),
    aliases: words('Other names under which it may be asked for.', { default: [] }),
    source: text('Where the entry comes from.', { default: 'config' }),
    confidence: text('How sure it is that the agent takes it.', { default: 'local_config' }),
    metadata: free('Anything else: reasoning efforts, service tiers, notes.', { default: {} }),
  },
  { description: 'A model of your own, beside those that AgentPool knows.' },
);

const provider = Type.Object({
  enabled: flag('Whether it is offered and may be spawned.'),
  binary_candidates: words('Names or paths of its program; the first that is found is used.'),
  command: Type.Union([Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }), Type.Null()], {
    description:
      'The whole command, in place of the program that is found. A list, because no shell splits it.',
    hint: 'a list of words, for example [gh, copilot], or null',
  }),
  models: Type.Array(model, { description: 'Models to add to the catalogue, or to describe better.' }),
  metadata: free('Settings that only this provider knows.'),
});

const customProvider = Type.Object({
  id: text('The name for --provider: lower case letters, digits and dashes.', {
    pattern: '^[a-z0-9][a-z0-9-]{0,63}$',
    hint: 'lower case letters, digits and dashes, for example my-agent',
  }),
  display_name: Type.Union([Type.String(), Type.Null()], {
    description: 'The name that people read; null is the id.',
    default: null,
  }),
  command: words('The command that starts it, as a list.', {
    minItems: 1,
    hint: 'a list of words, for example [my-agent, --quiet]',
  }),
  prompt_mode: Type.Enum(['send_after_launch', 'arg', 'stdin'], {
    description: 'How the task reaches it: typed in once it runs, as its last argument, or on its stdin.',
    default: 'send_after_launch',
  }),
  model_arg: Type.Union([Type.String({ minLength: 1 }), Type.Null()], {
    description: 'The flag that takes the model; null when it takes none.',
    default: null,
  }),
  read_only_args: words(
    'Arguments that keep it from editing. Without them a read_only spawn only reports edits.',
    {
      default: [],
    },
  ),
  env: Type.Record(Type.String(), Type.String(), {
    description: 'Environment variables for it.',
    default: {},
  }),
  models: Type.Array(model, { description: 'The models that it takes.', default: [] }),
  metadata: free('Anything else that you want to see in the inventory.', { default: {} }),
});

const policy = Type.Object(
  {
    require_explicit_provider: flag(
      'A spawn names its provider. AgentPool never chooses one, so false changes nothing.',
    ),
    allow_auto_routing: Type.Literal(false, {
      description: 'Always false: AgentPool shows what is left, the caller chooses.',
      hint: 'false, or leave the line out: AgentPool never chooses a provider. Name one with --provider',
    }),
    max_parallel_sessions: count(1, 100, 'Live workers that one coordinator may have at once.'),
    allowed_providers: words('Only these may be spawned; an empty list allows all.'),
    denied_providers: words('These may never be spawned.'),
    default_isolation: Type.Enum(['read_only', 'worktree', 'shared'], {
      description: 'Where a worker works when the spawn does not say.',
    }),
    require_worktree_for_edits: flag(
      'A worker whose role edits gets a git worktree of its own, never your folder.',
    ),
    allow_shared_repo_edits: flag(
      'Allow --isolation shared: a worker that edits in your folder, beside you.',
    ),
    allow_raw_keys: flag(
      'Allow `agentpool keys`: any key, unread. With it a caller can answer every dialog of a worker.',
    ),
    min_remaining_percent: Type.Number({
      minimum: 0,
      maximum: 100,
      description: 'A provider with less than this left in any of its windows counts as not usable.',
    }),
    block_on_usage_statuses: words('Usage statuses with which a provider may not be spawned.'),
    never_allow_overage: flag('Never start or go on with work that is paid beyond the subscription.'),
    require_human_approval_for_overage: flag(
      "Leave a worker's question about paying for overage to a person.",
    ),
    usage_stale_after_seconds: count(0, 30 * DAY, 'A usage sample older than this is shown as stale.'),
    usage_auto_refresh_after_seconds: Type.Union(
      [Type.Integer({ minimum: 0, maximum: 30 * DAY }), Type.Null()],
      {
        description: 'Ask the providers again when the sample is older than this; null only on request.',
        hint: 'a number of seconds, for example 600, or null',
      },
    ),
  },
  { description: 'What a caller may do. Nothing here chooses for you.' },
);

const terminalControl = Type.Object(
  {
    enabled: flag(''),
    binary: text(''),
    session_prefix: text(''),
    capture_lines: count(1, 100_000, ''),
    cols: count(20, 1000, ''),
    rows: count(5, 1000, ''),
    settle_ms: count(0, 600_000, ''),
    deadline_ms: count(0, 600_000, ''),
    host: Type.Union([Type.String(), Type.Null()]),
    artifacts: Type.Object({
      save_text: flag(''),
      save_json: flag(''),
      save_svg_on_failure: flag(''),
      save_png_on_failure: flag(''),
      record: flag(''),
    }),
  },
  {
    description:
      'The second runtime of the Python AgentPool. Kept so that its files load; workers run in tmux.',
    unused: true,
  },
);

const runtime = Type.Object(
  {
    default: Type.Enum(['tmux'], { description: 'What workers run in.' }),
    tmux: Type.Object(
      {
        capture_lines: count(1, 100_000, 'Lines of a screen that an observation looks at.'),
        idle_seconds: count(1, DAY, 'Quiet for this long, and nothing to say why: the worker is IDLE.'),
        session_prefix: text('How the names of its tmux sessions begin.', {
          pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$',
          hint: 'letters, digits, dashes and underscores: tmux reads a dot or a colon as part of a target',
        }),
      },
      { description: 'The private tmux server; yours is never touched.' },
    ),
    terminal_control: terminalControl,
  },
  { description: 'Where workers run.' },
);

const startupAnswers = Type.Object({
  trust: Type.Enum(['ask', 'accept'], {
    description:
      'Its question whether it may trust the folder. accept says yes to the folder that you spawned it in.',
  }),
  update: Type.Enum(['ask', 'skip'], { description: 'Its offer to update itself. skip goes on without.' }),
});

export const configSchema = Type.Object(
  {
    version: Type.Literal(1, { description: 'The version of this file.' }),
    storage: Type.Object(
      {
        db_path: text('The ledger. A relative path lies below AGENTPOOL_HOME.', { minLength: 1 }),
        artifact_root: text('The folder for what workers leave behind.', { minLength: 1 }),
      },
      { description: 'Where things are kept. Moving them is yours to do before you change this.' },
    ),
    policy,
    runtime,
    watcher: Type.Object(
      {
        enabled: flag(
          'One background process, there only while a worker is live. Without it, deadlines and exits are noticed at the next observe.',
        ),
      },
      { description: 'Who watches the workers.' },
    ),
    pager: flag(
      'Whether what is longer than the terminal goes through a pager: $AGENTPOOL_PAGER, $PAGER, else less.',
    ),
    notify: Type.Union(
      [
        Type.Enum(['off', 'bell', 'desktop']),
        Type.Object({
          command: Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }),
          worker_text: Type.Optional(Type.Boolean()),
        }),
      ],
      {
        description:
          "How you hear that a worker waits or has ended: off, bell, desktop (the system's own notifications), or {command: [...]}, a program that gets the event as JSON on stdin; with worker_text: true also what the worker asks.",
        hint: 'off, bell, desktop or a command as a list: {command: [my-notifier, --quiet]}',
      },
    ),
    startup_answers: Type.Record(Type.Enum([...AGENT_IDS]), startupAnswers, {
      description:
        'Dialogs that an agent may show before it starts to work. ask leaves them to you, as an approval.',
      keyed: '<provider>',
    }),
    signals: Type.Record(Type.Enum([...AGENT_IDS]), flag(''), {
      description:
        "Whether the agent's own hooks tell AgentPool what it does; for the one process only, never in your files. Without them its screen is read.",
      keyed: '<provider>',
    }),
    providers: Type.Record(Type.Enum([...PROVIDER_IDS]), provider, {
      description: 'The agents that AgentPool knows.',
      keyed: '<provider>',
    }),
    custom_providers: Type.Array(customProvider, {
      description: 'Agents of your own: any command that works in a terminal.',
    }),
    model_catalog_paths: words('Model catalogues of your own (JSON), each laid over the one before.'),
  },
  { description: 'config.yaml of AgentPool' },
);

export type Config = Type.Static<typeof configSchema>;
export type Policy = Config['policy'];
export type ProviderConfig = Type.Static<typeof provider>;
export type CustomProvider = Type.Static<typeof customProvider>;
export type ModelConfig = Type.Static<typeof model>;
export type Isolation = Policy['default_isolation'];

/** A node of the schema as those see it that walk it: validation messages, the template, the documentation. */
export interface SchemaNode {
  type?: string;
  description?: string;
  properties?: Record<string, SchemaNode>;
  required?: string[];
  items?: SchemaNode;
  anyOf?: SchemaNode[];
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  hint?: string;
  keyed?: string;
  unused?: boolean;
}

export const configTree: SchemaNode = configSchema as SchemaNode;
