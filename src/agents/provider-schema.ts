import Type, { type Static } from 'typebox';
import { ModelDescriptor } from '../events/catalogue/providers.ts';
import { confidences, UsageSample } from '../events/catalogue/usage.ts';
import { facts, flag, instant, list, noted, nullable, oneOf, text } from '../lib/shapes.ts';
import { AUTH_STATUSES, CAPABILITIES } from './contract/descriptor.ts';

/** The models of one provider and how one of them is chosen, in the words of `agentpool models`. */
export const ProviderModels = Type.Object({
  provider_id: text,
  default_model: nullable(text),
  smoke_model: nullable(text),
  model_arg: noted(nullable(text), 'The argument that takes the model; null where none does.'),
  model_selection: noted(
    oneOf(['model_arg', 'runtime_settings']),
    '`model_arg`: an argument of the command; `runtime_settings`: a settings file for one process.',
  ),
  default_initial_prompt_mode: oneOf(['send_after_launch', 'arg', 'stdin']),
  reasoning_effort_arg: nullable(text),
  reasoning_effort_config_key: nullable(text),
  service_tier_config_key: nullable(text),
  read_only_mode_arg: nullable(text),
  submit_keys: list(text),
  catalog_completeness: noted(nullable(text), 'Where the list of models was taken from.'),
  quirks: list(text),
  models: list(ModelDescriptor),
});
export type ProviderModels = Static<typeof ProviderModels>;

/** A login of a provider, as `agentpool accounts list` shows it. */
export const AccountRow = Type.Object(
  {
    key: noted(
      text,
      'Names it in limits and lists: `claude-code@work`; the id of the provider for its default account.',
    ),
    provider_id: text,
    name: noted(text, '`default` is the environment of the caller.'),
    folder: noted(nullable(text), 'The folder that separates it; null for the default account.'),
    auth: Type.Object({
      status: oneOf(AUTH_STATUSES),
      confidence: oneOf(confidences),
      reason: text,
    }),
  },
  { title: 'Account', description: 'One login of an agent.' },
);
export type AccountRow = Static<typeof AccountRow>;

/** A provider as `agentpool providers` and `agentpool inventory` show it. */
export const ProviderRow = Type.Object(
  {
    id: text,
    display_name: text,
    vendor: text,
    harness: text,
    installed: flag,
    binary_path: nullable(text),
    version: nullable(text),
    auth: Type.Object({
      status: oneOf(AUTH_STATUSES),
      confidence: oneOf(confidences),
      reason: text,
      checked_at: instant,
    }),
    models: list(ModelDescriptor),
    runtimes: list(text),
    capabilities: list(oneOf(CAPABILITIES)),
    usage: noted(
      nullable(UsageSample),
      'What the ledger knows of its limits; null where it was never asked.',
    ),
    accounts: noted(list(AccountRow), 'Its further logins in config.yaml; empty if there are none.'),
    warnings: list(text),
    metadata: noted(facts, 'How a model is chosen and a prompt given, in the words of `agentpool models`.'),
  },
  { title: 'Provider', description: 'An agent, as it was found on this machine.' },
);
export type ProviderRow = Static<typeof ProviderRow>;
