import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultConfig } from '../config/file/defaults.ts';
import { AGENT_IDS, AGENTS, PROVIDER_IDS } from '../config/provider-ids.ts';
import type { CustomProvider } from '../config/schema.ts';
import type { LaunchRequest } from './contract/launch.ts';
import { agentNamed, allAgents, descriptorsOf, runnableAgent } from './registry.ts';

const mine: CustomProvider = {
  id: 'mine',
  display_name: null,
  command: ['my-agent', '--quiet'],
  prompt_mode: 'arg',
  model_arg: '--model',
  read_only_args: ['--plan'],
  env: { MINE: '1' },
  models: [],
  metadata: {},
};
const config = { ...defaultConfig(), custom_providers: [mine] };

describe('the registry', () => {
  it('has the agents of the list, in its order, each under its own id', async () => {
    const agents = await allAgents();
    assert.deepEqual(
      agents.map(({ descriptor }) => descriptor.id),
      AGENT_IDS,
    );
    for (const { descriptor, limits, tokens } of agents) {
      assert.equal(descriptor.harness, descriptor.id);
      for (const source of await limits()) assert.equal(source.provider, descriptor.id);
      if (tokens) assert.equal(tokens.provider_id, descriptor.id);
    }
  });

  it('finds each by the programs that the list names', async () => {
    for (const id of AGENT_IDS) {
      const { descriptor } = await agentNamed(config, id);
      const commands = descriptor.commands.map(({ words }) => words[0]);
      for (const program of AGENTS[id].programs) assert.ok(commands.includes(program), `${id}: ${program}`);
    }
  });

  it('has the fakes and the custom providers behind them', async () => {
    const ids = (await descriptorsOf(config)).map(({ id }) => id);
    assert.deepEqual(ids, [...PROVIDER_IDS, 'mine']);
  });

  it('knows an agent by its short name', async () =>
    assert.equal((await runnableAgent(config, 'claude')).id, 'claude-code'));
});

describe('a custom provider', () => {
  const request: LaunchRequest = {
    worker: 'ap_1',
    program: mine.command,
    prompt: 'Look',
    promptMode: 'arg',
    readOnly: false,
    model: null,
    reasoningEffort: null,
    serviceTier: null,
    signal: null,
    port: null,
    place: { env: {}, home: '/home/me' },
    folder: '/run/ap_1',
  };

  it('is its own harness, for its workers as in the inventory', async () => {
    const { descriptor } = await agentNamed(config, 'mine');
    const { harness } = await runnableAgent(config, 'mine');
    assert.deepEqual([descriptor.harness, harness, descriptor.vendor], ['mine', 'mine', 'custom']);
  });

  it('is started by the words of config.yaml', async () => {
    const agent = await runnableAgent(config, 'mine');
    assert.deepEqual(await agent.find(request.place), ['my-agent', '--quiet']);
    assert.deepEqual(agent.launch({ ...request, readOnly: true, model: 'big' }), {
      command: ['my-agent', '--quiet', '--plan', '--model', 'big', 'Look'],
      env: { MINE: '1' },
      files: {},
    });
  });

  it('drops what it has no option for', async () => {
    const agent = await runnableAgent(
      { ...config, custom_providers: [{ ...mine, model_arg: null }] },
      'mine',
    );
    const asked = { ...request, model: 'big', reasoningEffort: 'high', serviceTier: 'fast' };
    assert.deepEqual(agent.launch(asked).command, ['my-agent', '--quiet', 'Look']);
  });
});
