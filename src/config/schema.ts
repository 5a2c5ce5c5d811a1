import Type, { type TObject, type TObjectOptions, type TSchema } from 'typebox';
import { fleet } from './fleet-schema.ts';
import { ACCOUNT_NAME, AGENT_IDS, PROVIDER_IDS } from './provider-ids.ts';

/**
 * The schema of config.yaml. Types, validation and documentation are all derived from it; the defaults are in
 * defaults.ts. Besides the keywords of JSON Schema, a key may have `hint` (what to write instead of a wrong value),
 * `keyed` (all children have the same shape; the name of their key) and `unused` (accepted from older files, without
 * effect).
 */

const text = (description: string, options: object = {}) => Type.String({ description, ...options });
const words = (description: string, options: object = {}) =>
  Type.Array(Type.String({ minLength: 1 }), { description, ...options });
const flag = (description: string, options: object = {}) => Type.Boolean({ description, ...options });
const count = (minimum: number, maximum: number, description: string) =>
  Type.Integer({ minimum, maximum, description });
const free = (description: string, options: object = {}) =>
  Type.Record(Type.String(), Type.Unknown(), { description, ...options });

/** The same shape under each of these ids. */
const each = <Id extends string, Shape extends TSchema>(
  ids: readonly Id[],
  shape: Shape,
  options: TObjectOptions & { keyed: string },
): TObject<Record<Id, Shape>> =>
  Type.Object(Object.fromEntries(ids.map((id) => [id, shape])) as Record<Id, Shape>, options);

const DAY = 86_400;

/** `90m`, `12h`: a whole number and its unit. */
export const DURATION = '^[1-9]\\d{0,5}[smhd]$';

const age = (description: string) =>
  text(description, {
    pattern: `^off$|${DURATION}`,
    hint: 'for example 12h or 30d; off keeps it for ever',
  });

const model = Type.Object(
  {
    id: text('The value of the model argument.', { minLength: 1 }),
    display_name: Type.Union([Type.String(), Type.Null()], {
      description: 'The name to show.',
      default: null,
    }),
    aliases: words('Other names for the model.', { default: [] }),
    source: text('The source of the entry.', { default: 'config' }),
    confidence: text('How certain it is that the agent accepts the model.', { default: 'local_config' }),
    metadata: free('Other data: reasoning efforts, service tiers, notes.', { default: {} }),
  },
  { description: 'A custom model, in addition to those that AgentPool knows.' },
);

const account = Type.Object(
  {
    name: text('The name for --account and for lists: lowercase letters, digits and dashes.', {
      pattern: ACCOUNT_NAME,
      hint: 'lowercase letters, digits and dashes, for example work',
    }),
    folder: Type.Union([Type.String({ minLength: 1 }), Type.Null()], {
      description:
        'The folder with its login, settings and logs. null for AGENTPOOL_HOME/accounts/PROVIDER/NAME.',
      default: null,
    }),
    env: Type.Record(Type.String(), Type.String(), {
      description:
        'More environment variables for this account. Put no keys here: name a folder that holds the login.',
      default: {},
    }),
  },
  { description: 'A further login of a provider. The default account is the environment of the caller.' },
);

const onLimit = text(
  'What happens when its workers stop at a limit, where the spawn does not say: stop, wait, or the providers to hand the work over to, as for --on-limit.',
  { minLength: 1, hint: 'stop, wait, or providers in your order, for example codex,opencode:MODEL' },
);

const provider = Type.Object({
  enabled: flag('Whether the provider is listed and may be spawned.'),
  binary_candidates: words('Names or paths of the program. The first one found is used.'),
  command: Type.Union([Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }), Type.Null()], {
    description:
      'The whole command, instead of the program found on PATH. A list, because no shell splits it.',
    hint: 'a list of words, for example [gh, copilot], or null',
  }),
  on_limit: Type.Optional(onLimit),
  models: Type.Array(model, { description: 'Models to add to the catalogue, or to override there.' }),
  accounts: Type.Array(account, {
    description: 'Further logins, each with its own limits: see `agentpool accounts`.',
  }),
  metadata: free('Provider-specific settings.'),
});

const customProvider = Type.Object({
  id: text('The name for --provider: lowercase letters, digits and dashes.', {
    pattern: '^[a-z0-9][a-z0-9-]{0,63}$',
    hint: 'lowercase letters, digits and dashes, for example my-agent',
  }),
  display_name: Type.Union([Type.String(), Type.Null()], {
    description: 'The name to show; null for the id.',
    default: null,
  }),
  command: words('The command that starts the agent, as a list.', {
    minItems: 1,
    hint: 'a list of words, for example [my-agent, --quiet]',
  }),
  prompt_mode: Type.Enum(['send_after_launch', 'arg', 'stdin'], {
    description: 'How to pass the task: typed after launch, as the last argument, or on stdin.',
    default: 'send_after_launch',
  }),
  plain_input: Type.Optional(
    flag(
      'Its input box takes every text as words, also one that begins with /, ! or &. Without it, such a text is made plain with a blank, or refused.',
    ),
  ),
  interrupt_keys: Type.Optional(
    words(
      "The keys that stop its turn, by tmux's names, for example [Escape] or [Escape, Escape]. Without it, the keys that its screen names, such as 'esc to interrupt'; else Escape, or C-c for a program that reads lines. C-c is pressed once at most.",
      { minItems: 1, hint: 'a list of keys, for example [Escape]' },
    ),
  ),
  on_limit: Type.Optional(onLimit),
  model_arg: Type.Union([Type.String({ minLength: 1 }), Type.Null()], {
    description: 'The flag for the model; null if the agent has none.',
    default: null,
  }),
  read_only_args: words('Arguments that prevent edits. Without them, a read_only spawn only reports edits.', {
    default: [],
  }),
  env: Type.Record(Type.String(), Type.String(), {
    description: 'Environment variables to set.',
    default: {},
  }),
  models: Type.Array(model, { description: 'The models that the agent accepts.', default: [] }),
  usage_command: Type.Optional(
    words(
      'A command that prints what is left of its plan, as JSON, as a list: the form of docs/usage-sources.md, or what `codexbar usage --format json` prints. It runs whenever limits are asked for.',
      { minItems: 1, hint: 'a list of words, for example [my-limits, --json]' },
    ),
  ),
  usage_codexbar: Type.Optional(
    text(
      'The name by which CodexBar, if installed, is asked for its limits: any that `codexbar usage --provider` takes.',
      {
        pattern: '^[a-z0-9][a-z0-9_-]{0,63}$',
        hint: 'a name of CodexBar, for example openrouter',
      },
    ),
  ),
  metadata: free('Other data to show in the inventory.', { default: {} }),
});

const policy = Type.Object(
  {
    require_explicit_provider: flag(
      'Require a provider for each spawn. AgentPool never chooses one, so false has no effect.',
    ),
    allow_auto_routing: Type.Literal(false, {
      description: 'Always false: the caller chooses the provider.',
      hint: 'false, or remove the line: AgentPool never chooses a provider. Name one with --provider',
    }),
    max_parallel_sessions: count(1, 100, 'Maximum number of running workers per coordinator.'),
    allowed_providers: words('Providers that may be spawned; an empty list allows all.'),
    denied_providers: words('Providers that may not be spawned.'),
    default_isolation: Type.Enum(['read_only', 'worktree', 'shared'], {
      description: 'The isolation of a worker if the spawn does not set one.',
    }),
    require_worktree_for_edits: flag(
      'A worker whose role edits files gets its own git worktree, never your folder.',
    ),
    allow_shared_repo_edits: flag('Allow --isolation shared: the worker edits files in your folder.'),
    allow_raw_keys: flag(
      'Allow `agentpool keys`, which sends any key without a check. A caller can answer every dialog with it.',
    ),
    allow_agent_commands: flag(
      "Take a message of an MCP caller that begins like `/compact` for a command of the worker's agent. Without it, it is words, or refused. A person types commands with `agentpool send --command`.",
    ),
    min_remaining_percent: Type.Number({
      minimum: 0,
      maximum: 100,
      description: 'A provider is not usable if any of its windows has less than this left.',
    }),
    block_on_usage_statuses: words('Usage statuses that block a spawn.'),
    never_allow_overage: flag('Never start work that is billed beyond the subscription.'),
    allow_overage_for: words(
      'Providers whose work may go on when it is billed beyond the subscription, each by its name.',
    ),
    require_human_approval_for_overage: flag(
      "Leave a worker's question about paid overage to a person. AgentPool never answers it, so false has no effect.",
    ),
    usage_stale_after_seconds: count(0, 30 * DAY, 'Show a usage sample as stale when it is older than this.'),
    usage_auto_refresh_after_seconds: Type.Union(
      [Type.Integer({ minimum: 0, maximum: 30 * DAY }), Type.Null()],
      {
        description: 'Refresh the usage when the sample is older than this; null refreshes on request only.',
        hint: 'a number of seconds, for example 600, or null',
      },
    ),
  },
  { description: 'Limits on what a caller may do.' },
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
      'The second runtime of the Python AgentPool. Accepted so that its config files load, without effect: workers run in tmux.',
    unused: true,
  },
);

const runtime = Type.Object(
  {
    default: Type.Enum(['tmux'], { description: 'The runtime of workers.' }),
    tmux: Type.Object(
      {
        capture_lines: count(1, 100_000, 'Accepted from older files, without effect.'),
        idle_seconds: count(
          1,
          DAY,
          'A worker whose screen no rule recognises counts as IDLE, or as UNKNOWN where its agent has rules of its own, when the screen has not changed for this long.',
        ),
        session_prefix: text('Prefix of the tmux session names.', {
          pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$',
          hint: 'letters, digits, dashes and underscores: tmux reads a dot or a colon as part of a target',
        }),
      },
      { description: 'The private tmux servers, one per worker. Your own tmux server is never touched.' },
    ),
    terminal_control: terminalControl,
  },
  { description: 'The runtime of the workers.' },
);

const workspace = Type.Object(
  {
    worktree_root: Type.Union([Type.String({ minLength: 1 }), Type.Null()], {
      description:
        'The folder that has the worktrees of all repositories, in .agentpool-worktrees. null for beside each repository, or AGENTPOOL_HOME where no folder can be made there. A relative path is relative to AGENTPOOL_HOME.',
      hint: 'a folder, for example /data/worktrees, or null',
    }),
    setup: words(
      'Shell commands that prepare a new worktree before the worker gets its task, for example [npm ci]. They run at its top, one after the other. A repository cannot set them.',
      { hint: 'a list of commands, for example [npm ci]' },
    ),
    setup_timeout_seconds: count(
      1,
      DAY,
      'End the setup commands, and refuse the spawn, after this many seconds.',
    ),
  },
  { description: 'The folders that workers work in.' },
);

const startupAnswers = Type.Object({
  trust: Type.Enum(['ask', 'accept'], {
    description: 'The dialog that asks whether to trust the folder. accept trusts the folder of the spawn.',
  }),
  update: Type.Enum(['ask', 'skip'], {
    description: 'The offer to update the agent. skip continues without the update.',
  }),
});

export const configSchema = Type.Object(
  {
    version: Type.Literal(1, { description: 'The version of this file.' }),
    storage: Type.Object(
      {
        db_path: text('The ledger file. A relative path is relative to AGENTPOOL_HOME.', { minLength: 1 }),
        artifact_root: text('The folder for the artifacts of workers.', { minLength: 1 }),
      },
      { description: 'Where files are stored. Move existing files yourself before you change a path.' },
    ),
    policy,
    runtime,
    workspace,
    workers: Type.Object(
      {
        continue_with: text('The message that continues a worker after its limit has reset.', {
          minLength: 1,
        }),
        wait_at_most: text(
          'How long a worker waits for resets in all, where the spawn does not say: a number and s, m, h or d.',
          { pattern: DURATION, hint: 'for example 90m, 12h or 2d' },
        ),
        max_continuations: count(1, 1000, 'How often a worker is continued after a limit before it stops.'),
      },
      { description: 'What becomes of a worker at a limit: see --on-limit.' },
    ),
    watcher: Type.Object(
      {
        enabled: flag(
          'Run one background process while workers exist. Without it, deadlines and exits are noticed at the next observe.',
        ),
      },
      { description: 'The background process that watches the workers.' },
    ),
    recording: Type.Union(
      [
        Type.Enum(['on', 'off']),
        Type.Object({ max_mb: count(1, 100_000, 'The most that the recording of one worker takes, in MB.') }),
      ],
      {
        description:
          "Whether the watcher records what a worker's screen shows, without secrets, for `agentpool replay`: on, off, or {max_mb: 32}, the most that the recording of one worker takes on the disk. Beyond it, the oldest part is dropped.",
        hint: 'on, off or a bound: {max_mb: 32}',
      },
    ),
    retention: Type.Object(
      {
        artifacts: age(
          'The artifact folder of a worker, with its recording. It goes last: not before the worktree.',
        ),
        recordings: age("What a worker's screen showed."),
        worktrees: age('The worktree of a worker. A branch with commits that are nowhere else stays.'),
      },
      {
        description:
          'How long what an ended worker has left is kept on the disk: a number and s, m, h or d after its end, or off for ever. The watcher removes it once a day, and `agentpool gc` at once. The only copy of work that was not collected is never removed.',
      },
    ),
    fleet,
    pager: flag(
      'Show output that is longer than the terminal in a pager: $AGENTPOOL_PAGER, $PAGER, or less.',
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
          "How to notify you when a worker waits or has ended: off, bell, desktop (system notifications), or {command: [...]}, a program that gets the event as JSON on stdin. With worker_text: true, the JSON includes the worker's question.",
        hint: 'off, bell, desktop or a command as a list: {command: [my-notifier, --quiet]}',
      },
    ),
    startup_answers: each(AGENT_IDS, startupAnswers, {
      description:
        'How to answer dialogs that an agent shows at startup. ask leaves them to you, as an approval.',
      keyed: '<provider>',
    }),
    signals: each(AGENT_IDS, flag(''), {
      description:
        "Whether to receive signals from the agent's own hooks. They are set for that one process, never in your files. Without signals, only the screen is read.",
      keyed: '<provider>',
    }),
    providers: each(PROVIDER_IDS, provider, {
      description: 'The built-in agents.',
      keyed: '<provider>',
    }),
    custom_providers: Type.Array(customProvider, {
      description: 'Custom agents: any command that works in a terminal.',
    }),
    model_catalog_paths: words('Custom model catalogues (JSON files). Each one overrides those before it.'),
  },
  { description: 'config.yaml of AgentPool' },
);

export type Config = Type.Static<typeof configSchema>;
export type Policy = Config['policy'];
export type ProviderConfig = Type.Static<typeof provider>;
export type AccountConfig = Type.Static<typeof account>;
export type CustomProvider = Type.Static<typeof customProvider>;
export type ModelConfig = Type.Static<typeof model>;
export type Isolation = Policy['default_isolation'];

/** A schema node as seen by the code that walks the schema: validation messages, the template, the documentation. */
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
