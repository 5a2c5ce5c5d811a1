import Type, { type Static, type TSchema } from 'typebox';
import type { SchemaNode } from '../../config/schema.ts';
import { isolations, promptModes } from '../../events/catalogue/words.ts';

/** The schema of a file for `agentpool run --tasks`. `hint` says what to write instead of a wrong value. */

const text = (description: string, options: object = {}) =>
  Type.Optional(Type.String({ minLength: 1, description, ...options }));
const words = (description: string, hint: string) =>
  Type.Optional(Type.Array(Type.String({ minLength: 1 }), { description, hint }));
const count = (description: string, hint: string) =>
  Type.Optional(Type.Integer({ minimum: 1, description, hint }));

/** The same options as `agentpool spawn` has, in the spelling of config.yaml. */
const options = {
  provider: text('The agent: see agentpool providers.'),
  model: text('The model, as the agent names it.'),
  account: text('Which of its accounts: see agentpool accounts list.'),
  task: text('What to do.', {
    hint: 'the task as text; a longer one begins with task: | on a line of its own',
  }),
  task_file: text('A file that holds the task, relative to this file.'),
  repo: text('The folder to work in, relative to this file (the folder of this file).'),
  role: text('explorer, reviewer, implementer, ...'),
  isolation: Type.Optional(Type.Enum([...isolations], { description: 'How the worker is kept apart.' })),
  allowed_files: words(
    'The files that the worker may change, relative to repo.',
    'a list of paths, for example [src/parser.ts]',
  ),
  setup: words(
    'Shell commands that prepare the worktree, in place of workspace.setup; [] for none.',
    'a list of commands, for example [npm ci]',
  ),
  on_limit: text(
    'At a limit, also before its start: stop, wait for the reset, or hand over to the first of PROVIDER[:MODEL][@ACCOUNT],... that has headroom.',
  ),
  wait_at_most: text('How long it may wait for resets in all, with on_limit: wait.', {
    pattern: '^[1-9][0-9]{0,5}[smhd]$',
    hint: 'a number and s, m, h or d, for example 12h',
  }),
  max_runtime_seconds: count(
    'End the worker after this many seconds.',
    'a number of seconds, for example 600',
  ),
  max_turns: count('How many messages the worker may receive.', 'a number, for example 3'),
  supervision: text('interactive or autonomous, for your own records.'),
  initial_prompt_mode: Type.Optional(
    Type.Enum([...promptModes], { description: 'How the task reaches the agent.' }),
  ),
  reasoning_effort: text('The reasoning effort, as the agent names it.'),
  service_tier: text('The service tier, as the agent names it.'),
};

const TaskOptions = Type.Object(options, {
  description: 'The options of every task that does not set its own.',
});
export type TaskOptions = Static<typeof TaskOptions>;

const Task = Type.Object({
  name: text('The name in the table and in the summary, unique in this file (the name of task_file).', {
    pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
    hint: 'letters, digits, dots, dashes and underscores, for example fix-parser',
  }),
  ...options,
});
export type TaskEntry = Static<typeof Task>;

const slots = { minimum: 1, maximum: 1000 };

export const tasksSchema = Type.Object(
  {
    defaults: Type.Optional(TaskOptions),
    parallel: Type.Optional(
      Type.Union([Type.Integer(slots), Type.Record(Type.String(), Type.Integer(slots))], {
        description: 'How many workers of a provider work at once: a number, or one for each provider (1).',
        hint: 'a number from 1 to 1000, or one per provider: {codex: 2, claude: 1}',
      }),
    ),
    tasks: Type.Array(Task, {
      maxItems: 1000,
      description: 'The tasks, in the order in which they start.',
      hint: 'a list: each task begins with a dash, for example - {name: fix-parser, provider: fake-completed, task: Fix the parser}',
    }),
  },
  { description: 'Tasks for agentpool run --tasks' },
);
export type TasksFile = Static<typeof tasksSchema>;

/** The same as the code sees it that reports mistakes. */
export const tasksTree = tasksSchema as TSchema as SchemaNode;
