import {
  COMMON_CAPABILITIES,
  COMMON_SETTINGS,
  type ModelDescriptor,
  model,
  type ProviderDescriptor,
} from '../contract/descriptor.ts';

/** The two lists at the end of `droid exec --help` (0.215.0): ids with names, then each name's reasoning efforts. */
export function parseDroidModels(printed: string): ModelDescriptor[] {
  const [, rest = ''] = printed.split(/^Available Models:$/m);
  const [list = '', details = ''] = rest.split(/^Model details:$/m);
  const efforts = new Map(
    [
      ...details.matchAll(/^ *- (.+): supports reasoning: \w+; supported: \[([^\]]*)\]; default: (\w+)$/gm),
    ].map(([, name = '', supported = '', effort = '']) => [
      name,
      { efforts: supported.split(', ').join(' '), effort },
    ]),
  );
  return [...list.matchAll(/^ {2}(\S+) +(\S.*?)(?: \(default\))?$/gm)].map(([, id = '', name = '']) =>
    model(id, {
      display_name: name.replace(' [Deprecated]', ''),
      source: 'cli_detected',
      confidence: 'local_cli',
      ...efforts.get(name),
      metadata: { family: familyOf(id), ...(name.endsWith(' [Deprecated]') ? { deprecated: true } : {}) },
    }),
  );
}

const familyOf = (id: string): string => /^[a-z]+/.exec(id)?.[0] ?? 'unknown';

const listed = (id: string, name: string, effort: string, efforts: string) =>
  model(id, { display_name: name, effort, efforts, metadata: { family: familyOf(id) } });

export const droidCli: ProviderDescriptor = {
  id: 'droid-cli',
  display_name: 'Droid CLI',
  vendor: 'Factory',
  harness: 'droid-cli',
  install: 'npm install -g droid',
  sign_in: 'droid',
  commands: [{ words: ['droid'] }],
  version_args: ['--version'],
  capabilities: [...COMMON_CAPABILITIES, 'supports_usage_probe', 'supports_resume', 'supports_one_shot_mode'],
  auth: null,
  model_list: { args: ['exec', '--help'], parse: parseDroidModels },
  settings: {
    ...COMMON_SETTINGS,
    default_model: 'gpt-5.6-sol',
    smoke_model: 'glm-5.3-flash',
    // The TUI takes no model argument: a settings file of one process does it.
    model_arg: null,
    model_selection: 'runtime_settings',
    reasoning_effort_arg: '--reasoning-effort',
    catalog_completeness: 'droid_exec_help_0.215.0',
    quirks: ['interactive_model_pin_uses_process_local_settings', 'usage_only_with_an_api_key'],
  },
  models: [
    listed('gpt-5.6-sol', 'GPT-5.6 Sol', 'medium', 'none low medium high xhigh max'),
    listed('gpt-5.6-luna', 'GPT-5.6 Luna', 'medium', 'none low medium high xhigh max'),
    listed('gpt-6-astra', 'GPT-6 Astra', 'medium', 'low medium high xhigh max'),
    listed('claude-opus-5', 'Opus 5', 'high', 'off low medium high xhigh max'),
    listed('claude-sonnet-5', 'Sonnet 5', 'high', 'off low medium high xhigh max'),
    listed('claude-fable-5.1', 'Fable 5.1', 'high', 'off low medium high xhigh max'),
    listed('claude-haiku-4-5-20251001', 'Haiku 4.5', 'off', 'off low medium high'),
    listed('gemini-3.8-flash', 'Gemini 3.8 Flash', 'high', 'low medium high'),
    listed('glm-5.3', 'GLM-5.3 (Droid Core)', 'max', 'low high max'),
    listed('glm-5.3-flash', 'GLM-5.3-Flash (Droid Core)', 'high', 'low high max'),
    listed('kimi-k3', 'Kimi K3 (Droid Core)', 'high', 'off low high max'),
    listed('grok-4.6', 'Grok 4.6', 'high', 'low medium high xhigh'),
  ],
};
