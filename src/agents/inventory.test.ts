import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Finished } from '../lib/process/child.ts';
import { unaskedSample } from '../usage/asking/unasked.ts';
import type { Detected } from './contract/locate.ts';
import { askModels, providerRow } from './inventory.ts';
import { catalogue } from './models.ts';
import { allAgents } from './registry.ts';

const agentDescriptors = (await allAgents()).map(({ descriptor }) => descriptor);

const auth = {
  status: 'unknown',
  confidence: 'unknown',
  reason: 'not asked',
  checked_at: '2026-11-23T02:00:00.000Z',
} as const;
const detected = (id: string, command: string[] | null): Detected => ({
  id,
  installed: command !== null,
  command,
  binary_path: command?.[0] ?? null,
  version: null,
  auth,
  warnings: [],
});
const finished = (stdout: string): Finished => ({
  stdout,
  stderr: '',
  code: 0,
  signal: null,
  error: null,
  timed_out: false,
  overflowed: false,
});

describe('the row of a provider', () => {
  const [descriptor] = agentDescriptors;
  const [models] = catalogue({ descriptors: agentDescriptors });
  assert.ok(descriptor && models);
  const sample = unaskedSample('codex-cli', new Date());

  it('offers runtimes and capabilities only where the agent is installed', () => {
    const row = providerRow(descriptor, detected('codex-cli', null), models, null, []);
    assert.deepEqual([row.runtimes, row.capabilities, row.usage], [[], [], null]);
    const there = providerRow(descriptor, detected('codex-cli', ['/bin/codex']), models, sample, []);
    assert.deepEqual([there.runtimes, there.usage], [['tmux'], sample]);
    assert.ok(there.capabilities.includes('supports_usage_probe'));
    assert.equal(there.metadata.model_arg, '--model');
  });
});

describe('the question for models', () => {
  it('is put to installed agents that can answer, and an empty answer leaves our list', async () => {
    const asked: string[] = [];
    const found = await askModels(
      agentDescriptors,
      [
        detected('opencode', ['/bin/opencode']),
        detected('codex-cli', ['/bin/codex']),
        detected('droid-cli', null),
      ],
      {
        env: {},
        workdir: '/',
        run: async ({ command, args }) => {
          asked.push([command, ...args].join(' '));
          return finished(command === '/bin/opencode' ? 'a/one\na/two\n' : 'error: unknown command');
        },
      },
    );
    assert.deepEqual(asked.sort(), ['/bin/codex debug models', '/bin/opencode models']);
    assert.deepEqual(
      [Object.keys(found), found.opencode?.map((m) => m.id)],
      [['opencode'], ['a/one', 'a/two']],
    );
  });
});
