import Type from 'typebox';
import { AGENT_IDS, PROVIDER_IDS } from './provider-ids.ts';
import { fleet } from './schema/fleet.ts';
import { policy } from './schema/policy.ts';
import { type account, customProvider, type model, provider } from './schema/providers.ts';
import { runtime } from './schema/runtime.ts';
import { age, count, DAY, DURATION, each, flag, text, words } from './schema/shapes.ts';

/**
 * The schema of config.yaml. Types, validation and documentation are all derived from it; the defaults are in
 * defaults.ts. Besides the keywords of JSON Schema, a key may have `hint` (what to write instead of a wrong value),
 * `keyed` (all children have the same shape; the name of their key) and `unused` (accepted from older files, without
 * effect).
 */

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
