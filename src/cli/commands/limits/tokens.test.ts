import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { until } from '../../../lib/testing/until.ts';
import { Home } from '../../../workers/testing/home.ts';

describe('agentpool tokens', () => {
  it('reports the tokens used and their price, for people and for programs', async () => {
    const home = new Home();
    assert.match((await home.run(['tokens'])).stdout, /No agent has written down any tokens/);
    const folder = join(home.env.HOME ?? '', '.claude', 'projects', 'p');
    mkdirSync(folder, { recursive: true });
    const line = {
      timestamp: new Date().toISOString(),
      cwd: '/home/dev/shop',
      message: {
        id: 'm',
        model: 'claude-sonnet-4-6',
        usage: { input_tokens: 2_000_000, output_tokens: 12_345 },
      },
    };
    writeFileSync(join(folder, 's.jsonl'), `${JSON.stringify(line)}\n`);
    const { stdout } = await home.run(['tokens', '--by', 'project']);
    assert.match(stdout, /\/home\/dev\/shop +claude-code +2\.0M +0 +12k +\$\d+\.\d\d/);
    const { rows, totals } = await home.json(['tokens', '--by', 'model', '--since', '1d']);
    assert.deepEqual([rows[0].group, totals.answers], ['claude-sonnet-4-6', 1]);
  });

  it('attributes tokens to a worker, in its own report and in the statistics', async () => {
    const home = new Home();
    const codex = join(home.ground, 'codex.mjs');
    // A fake Codex: asked for its version or its limits it ends at once; at work it records one answer in a rollout
    // file, as Codex does, and keeps running.
    writeFileSync(
      codex,
      `import { mkdirSync, writeFileSync } from 'node:fs';
      if (!process.env.AGENTPOOL_SESSION_ID) process.exit(1);
      const folder = process.env.HOME + '/.codex/sessions/2026/03/04';
      mkdirSync(folder, { recursive: true });
      const usage = { input_tokens: 1000, cached_input_tokens: 600, output_tokens: 50, total_tokens: 1050 };
      const timestamp = new Date().toISOString();
      const lines = [
        { timestamp, type: 'session_meta', payload: { id: 'thread-1', cwd: process.cwd() } },
        { timestamp, type: 'turn_context', payload: { model: 'gpt-5', cwd: process.cwd() } },
        { timestamp, type: 'event_msg', payload: { type: 'token_count', info: { total_token_usage: usage, last_token_usage: usage } } },
      ];
      writeFileSync(folder + '/rollout-1.jsonl', lines.map((line) => JSON.stringify(line) + '\\n').join(''));
      console.log('written');
      setInterval(() => {}, 1000);`,
    );
    mkdirSync(home.folder, { recursive: true });
    const providers = { 'codex-cli': { command: [process.execPath, codex] } };
    writeFileSync(join(home.folder, 'config.yaml'), JSON.stringify({ version: 1, providers }));
    const task = ['--task', 'Look for the parser', '--initial-prompt-mode', 'arg'];
    const { session_id } = await home.json(['spawn', '--provider', 'codex-cli', ...task]);
    const rollout = join(home.env.HOME ?? '', '.codex/sessions/2026/03/04/rollout-1.jsonl');
    await until('its log', () => existsSync(rollout) && readFileSync(rollout, 'utf8').endsWith('}\n'));

    const { worker, totals } = await home.json(['tokens', '--session', session_id]);
    assert.deepEqual(worker, { id: session_id, agent_sessions: ['thread-1'] });
    assert.deepEqual([totals.input, totals.output], [1000, 50]);
    const { tokens } = await home.json(['session', 'show', session_id]);
    assert.deepEqual([tokens.input, tokens.agent_sessions], [1000, ['thread-1']]);
    assert.match(
      (await home.run(['session', 'show', session_id])).stdout,
      /tokens +1\.0k in \(600 from the cache\), 50 out/,
    );
    const stats = await home.json(['stats', '--sections', 'tokens']);
    assert.equal(stats.tokens.by_provider['codex-cli'].output, 50);
    assert.deepEqual(stats.data_quality, []);
    assert.match((await home.run(['stats'])).stdout, /TOKENS +IN +CACHED +OUT/);
  });

  it('refuses an invalid window', async () => {
    const { error } = await new Home().json(['tokens', '--since', 'yesterday-ish']);
    assert.equal(error.code, 'INVALID_WINDOW');
    assert.equal(error.example ?? error.details?.example, 'agentpool tokens --since 7d');
  });
});
