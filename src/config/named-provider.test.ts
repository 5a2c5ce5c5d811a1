import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultConfig } from './file/defaults.ts';
import { enabledProvider, providerNamed } from './named-provider.ts';
import { AGENT_IDS, AGENTS, PROVIDER_IDS } from './provider-ids.ts';
import type { CustomProvider } from './schema.ts';

const custom = (id: string): CustomProvider => ({
  id,
  display_name: null,
  command: [id],
  prompt_mode: 'arg',
  model_arg: null,
  read_only_args: [],
  env: {},
  models: [],
  metadata: {},
});
const config = defaultConfig();

describe('a named provider', () => {
  it('is found by its id and by its short name', () => {
    for (const id of PROVIDER_IDS) assert.equal(providerNamed(config, id), id);
    const names =
      'codex claude cursor copilot devin droid opencode agy gemini kimi grok amp kiro qwen pi cline kilo continue nanocoder zai minimax';
    assert.deepEqual(
      names.split(' ').map((name) => providerNamed(config, name)),
      AGENT_IDS,
    );
  });

  it('has a short name of its own', () => {
    const short = AGENT_IDS.map((id) => AGENTS[id].short);
    assert.equal(new Set(short).size, short.length);
    for (const id of AGENT_IDS) {
      const { short: name } = AGENTS[id];
      assert.ok(name === id || !(PROVIDER_IDS as readonly string[]).includes(name), name);
    }
  });

  it('is a custom provider of that name before an agent with that short name', () =>
    assert.equal(providerNamed({ ...config, custom_providers: [custom('codex')] }, 'codex'), 'codex'));

  it('is never auto; an unknown one is refused with the closest name', () => {
    for (const name of ['auto', 'cdex-cli', 'Claude', ''])
      assert.throws(() => providerNamed(config, name), { code: 'PROVIDER_NOT_FOUND' });
    assert.throws(() => providerNamed(config, 'cdex-cli'), /Did you mean codex-cli\?/);
    assert.throws(() => providerNamed(config, 'codx'), /Did you mean codex\?/);
  });

  it('is refused for new work under each of its names if config.yaml disables it', () => {
    const off = { ...config, providers: { ...config.providers } };
    off.providers['codex-cli'] = { ...off.providers['codex-cli'], enabled: false };
    for (const name of ['codex', 'codex-cli'])
      assert.throws(() => enabledProvider(off, name), { code: 'PROVIDER_DISABLED' });
    assert.equal(enabledProvider(off, 'claude'), 'claude-code');
  });
});
