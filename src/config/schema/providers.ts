import Type from 'typebox';
import { ACCOUNT_NAME } from '../provider-ids.ts';
import { flag, free, text, words } from './shapes.ts';

export const model = Type.Object(
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

export const account = Type.Object(
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

export const provider = Type.Object({
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

export const customProvider = Type.Object({
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
