/** The folder of an agent that a test adds to a copy of the product: what `docs/adding-an-agent.md` asks for, and no more. */
export const ADDED_AGENT: Readonly<Record<string, string>> = {
  'agent.ts': `
import type { Agent } from '../contract/agent.ts';
import { COMMON_CAPABILITIES, COMMON_SETTINGS, model } from '../contract/descriptor.ts';
import { modelArgs } from '../contract/launch.ts';
import { answer } from '../contract/limits/reading.ts';

export const agent: Agent = {
  descriptor: {
    id: 'sample-cli',
    display_name: 'Sample CLI',
    vendor: 'Sample',
    harness: 'sample-cli',
    install: 'npm install -g sample',
    sign_in: 'sample login',
    commands: [{ words: ['sample'] }],
    version_args: ['--version'],
    capabilities: [...COMMON_CAPABILITIES, 'supports_model_arg'],
    auth: null,
    model_list: null,
    settings: { ...COMMON_SETTINGS, default_model: 'sample-1' },
    models: [model('sample-1', { display_name: 'Sample 1' })],
  },
  launch: {
    submit: { clearsBox: true },
    interruptKeys: ['Escape'],
    start: (request, settings) => ({ args: modelArgs(request, settings) }),
    promptArgs: (prompt) => ['--', prompt],
  },
  limits: async () => [
    {
      id: 'sample-file',
      provider: 'sample-cli',
      reach: 'offline',
      reads: 'a file of Sample',
      hosts: [],
      confidence: 'observed',
      deadline_ms: 1000,
      read: async () => answer({ plan: 'sample plan' }),
    },
  ],
  tokens: {
    provider_id: 'sample-cli',
    vendor: null,
    roots: ({ home }) => [home],
    nested: false,
    isLog: (name) => name === 'sample.jsonl',
    open: (_, memory) => ({ isNewFile: false, memory, uses: [] }),
  },
};
`,
  'screens.yaml': `
provider: sample-cli
rules:
  - name: sampling
    yields: working
    when: [{ line: '^Sampling' }]
    why: It samples.
`,
};

/** Its line in the one list. */
export const ADDED_LINE = "  'sample-cli': { short: 'sample', programs: ['sample'] },\n";

/** A program that prints what the copy knows of it, asked through what the commands ask. */
export const PROBE = `
import { writeFileSync } from 'node:fs';
import { screenRules, builtinRules } from './src/agents/screen-rules.ts';
import { spawnableAgent } from './src/agents/registry.ts';
import { parse } from './src/config/file/parse.ts';
import { paths } from './src/config/paths.ts';
import { setupTargets, targetsNamed } from './src/hosts/targets.ts';
import { sourcesOf } from './src/usage/asking/sources.ts';
import { tokenLogs } from './src/usage/tokens/logs.ts';
import { privacyReport } from './src/workers/doctor/privacy.ts';
import { listProviders } from './src/workers/queries/inventory.ts';
import { listModels } from './src/workers/queries/models.ts';

const [home] = process.argv.slice(2);
const { config } = parse('providers: {sample: {command: [' + process.execPath + ']}}\\nsignals: {sample: false}');
if (!config) throw new Error('the config is refused');
const place = { config, paths: paths(home), env: { HOME: home, PATH: '' }, home };
const agent = await spawnableAgent(config, 'sample');
const request = { worker: 'ap_1', program: ['sample'], prompt: 'Look', promptMode: 'arg', readOnly: false, model: 'm', reasoningEffort: null, serviceTier: null, signal: null, port: null, place, folder: home };
console.log(JSON.stringify({
  inventory: (await listProviders(place)).find(({ id }) => id === 'sample-cli'),
  launched: agent.launch(request).command,
  found: await agent.find(place),
  models: (await listModels(place, ['sample-cli'])).providers.map(({ models }) => models.map(({ id }) => id)),
  limits: (await sourcesOf('sample-cli', 'combined')).map(({ id }) => id),
  privacy: (await privacyReport({ ...place, configPath: '' }, [])).usage_sources.map(({ source }) => source),
  tokens: (await tokenLogs()).map(({ provider_id }) => provider_id),
  rules: screenRules('sample-cli', home).rules.map(({ name }) => name),
  ruled: builtinRules.providers(),
  setup: targetsNamed('sample'),
  targets: setupTargets.map(({ id }) => id),
  config: [config.providers['sample-cli'], config.signals['sample-cli'], config.startup_answers['sample-cli']],
}));
`;
