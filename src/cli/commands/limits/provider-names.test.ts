import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { packageRoot } from '../../../lib/package-root.ts';
import { Home } from '../../../workers/testing/home.ts';

const program = join(packageRoot(), 'fixtures', 'agents', 'fake-completed.mjs');

describe('the short name of a provider', () => {
  // Codex is a fake program here: it accepts the arguments of the real one and ends its turn.
  const home = new Home({
    config: {
      policy: { denied_providers: ['droid'] },
      providers: {
        codex: { command: [process.execPath, program] },
        claude: { accounts: [{ name: 'work' }] },
      },
    },
  });

  it('spawns its worker, which is listed and counted under the id', async () => {
    const id = await home.spawn('codex');
    assert.equal(home.session(id).provider_id, 'codex-cli');
    const [requested] = home.eventsOf('worker.spawn_requested', id);
    assert.deepEqual([requested?.data.provider_id, requested?.data.harness], ['codex-cli', 'codex-cli']);
    const { sessions } = await home.json(['sessions', '--provider', 'codex']);
    assert.deepEqual(
      sessions.map((each: { provider_id: string }) => each.provider_id),
      ['codex-cli'],
    );
    const words = ['stats', '--provider', 'codex', '--sections', 'sessions', '--scope', 'all'];
    const { filters, sessions: counted } = await home.json(words);
    assert.deepEqual([filters.provider_id, counted.by_provider], ['codex-cli', { 'codex-cli': 1 }]);
  });

  it('asks for the models, the tokens and the limits of that provider', async () => {
    for (const name of ['claude', 'claude@work']) {
      const { providers } = await home.json(['models', '--provider', name]);
      assert.deepEqual(
        providers.map((each: { provider_id: string }) => each.provider_id),
        ['claude-code'],
      );
    }
    const completed = await home.run(['complete', 'zsh', 'spawn', '--provider', 'claude-code@']);
    assert.equal(completed.stdout.trim(), 'claude-code@work');
    assert.deepEqual((await home.json(['tokens', '--provider', 'copilot'])).rows, []);
    const summary = await home.json(['usage-summary', '--provider', 'cursor']);
    assert.deepEqual(Object.keys(summary.providers), ['cursor-cli']);
  });

  it('names the rules that read a screen', async () => {
    const screen = join(home.ground, 'screen.txt');
    writeFileSync(screen, 'nothing to see\n');
    const { provider_id } = await home.json(['explain', '--provider', 'opencode', '--screen', screen]);
    assert.equal(provider_id, 'opencode');
    const short = await home.json(['explain', '--provider', 'devin', '--screen', screen]);
    assert.equal(short.provider_id, 'devin-cli');
  });

  it('names the host and the target of a setup', async () => {
    assert.equal((await home.json(['mcp-config', '--client', 'copilot'])).client, 'copilot-cli');
    const { provider_id, target } = await home.json(['setup', 'claude', '--skip-usage']);
    assert.deepEqual([target, provider_id], ['claude-code', 'claude-code']);
  });

  it('is denied with its provider, under either name', async () => {
    for (const name of ['droid', 'droid-cli']) {
      const { error } = await home.json(['spawn', '--provider', name, '--task', 'Look']);
      assert.equal(error.code, 'POLICY_BLOCKED', name);
    }
  });

  it('is never auto', async () => {
    const { error } = await home.json(['spawn', '--provider', 'auto', '--task', 'Look']);
    assert.equal(error.code, 'POLICY_BLOCKED');
  });
});
