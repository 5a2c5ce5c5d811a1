import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { packageRoot } from '../../../../lib/package-root.ts';
import { pidsWithVariable } from '../../../../lib/process/process-table.ts';
import { until } from '../../../../lib/testing/until.ts';
import { Home } from '../../../../workers/testing/home.ts';

const fake = join(packageRoot(), 'fixtures', 'agents', 'fake-model.mjs');

/** A user who has an agent that is found as Claude Code, and keys of their own. */
class User extends Home {
  readonly temporary = join(this.ground, 'tmp');
  readonly witness = join(this.ground, 'witness.json');

  constructor(...options: string[]) {
    super({ wholeProcesses: true });
    const bin = join(this.ground, 'bin');
    for (const folder of [bin, this.temporary]) mkdirSync(folder);
    const words = [process.execPath, fake, ...options, '--witness', this.witness];
    writeFileSync(
      join(bin, 'claude'),
      `#!/bin/sh\nexec ${words.map((word) => `'${word}'`).join(' ')} "$@"\n`,
      {
        mode: 0o755,
      },
    );
    Object.assign(this.env, {
      PATH: `${bin}:${this.env.PATH}`,
      TMPDIR: this.temporary,
      ANTHROPIC_API_KEY: 'sk-of-the-user',
      CLAUDE_CONFIG_DIR: join(this.ground, 'of-the-user'),
      GITHUB_TOKEN: 'of-the-user',
    });
  }

  /** What the command has made in the temporary folder, and has not removed. */
  left(): string[] {
    return readdirSync(this.temporary).filter((name) => name.startsWith('ap-check-'));
  }

  /** The processes of the agent that is checked. */
  running(folder: string): number[] {
    return [...pidsWithVariable('HOME', join(this.temporary, folder, 'user'))];
  }
}

const STEPS = ['idle', 'working', 'interrupt', 'question', 'approval', 'limit', 'completion'];

interface Step {
  step: string;
  outcome: string;
  label: string;
  why: string | null;
  screen: { path: string; rows: string[] } | null;
}

describe('detectors check', () => {
  it('leads an installed agent through its screens, and keeps them with their labels', async () => {
    const user = new User();
    const screens = join(user.ground, 'screens');
    const checked = await user.json(['detectors', 'check', 'claude', '--screens', screens]);
    const [agent] = checked.agents;
    const steps: Step[] = agent.steps;
    assert.deepEqual(
      steps.map(({ step, outcome, why }) => [step, outcome, why]),
      STEPS.map((step) => [step, 'recognised', null]),
      JSON.stringify(steps, null, 1),
    );
    assert.deepEqual([checked.ok, agent.version], [true, '99.1.0']);
    assert.equal(existsSync(user.ledgerFile), false);
    const scored = await user.json(['explain', '--screens', screens]);
    assert.equal(scored.screens.length, STEPS.length);
    const index = JSON.parse(readFileSync(join(screens, 'index.json'), 'utf8'));
    assert.deepEqual(
      index.map(({ label }: { label: string }) => label),
      ['idle', 'working', 'idle', 'question', 'approval', 'limit', 'idle'],
    );

    // Nothing of the user's reaches the agent, and nothing of the agent's is left.
    const seen: Record<string, string> = JSON.parse(readFileSync(user.witness, 'utf8'));
    assert.doesNotMatch(JSON.stringify(seen), /of-the-user/);
    assert.match(seen.HOME ?? '', /ap-check-/);
    assert.deepEqual([seen.HTTPS_PROXY, seen.AGENTPOOL_HOME], ['http://127.0.0.1:9', undefined]);
    assert.deepEqual(user.left(), []);
  });

  it('shows the screen that it does not recognise, goes on, and exits with 1', async () => {
    const user = new User('--changed');
    const { code, stdout } = await user.run(['detectors', 'check', 'claude', '--timeout', '30']);
    assert.equal(code, 1, stdout);
    const row = stdout.split('\n').find((line) => line.startsWith('claude')) ?? '';
    assert.match(row, /^claude +99\.1\.0 +[\d.]+( +✓){4} +✗( +✓){2} +\d+$/);
    assert.match(stdout, /✗ claude-code, approval: it was approval; read as \w+/);
    assert.match(stdout, /│ .*something is about to act/);
    assert.match(stdout, /agentpool detectors learn/);
    const [, path = ''] = /the whole screen: (.+)/.exec(stdout) ?? [];
    assert.match(readFileSync(path, 'utf8'), /echo granted/);
    assert.deepEqual(user.left(), []);
  });

  it('takes for work what only moves, and says so', async () => {
    const user = new User('--writes');
    const { code, stdout } = await user.run(['detectors', 'check', 'claude', '--timeout', '30']);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^claude-code, working: no rule reads its screen as work: only what moves/m);
    assert.doesNotMatch(stdout, /the interrupt was not seen to work/);
  });

  it('shows what an agent has said that ends at its start, and tries it once', async () => {
    const user = new User('--refuses');
    const { code, stdout } = await user.run(['detectors', 'check', 'claude', '--timeout', '30']);
    assert.equal(code, 1, stdout);
    assert.match(stdout, /^claude +99\.1\.0 +[\d.]+ +✗( +\?){6} +\d+$/m);
    assert.match(stdout, /✗ claude-code, idle: it was idle; nothing was there; it has ended/);
    assert.match(stdout, /│ fake-model needs another Node/);
  });

  it('says which agents can be checked where one cannot', async () => {
    const user = new User();
    const missing = await user.json(['detectors', 'check', 'codex']);
    assert.equal(missing.error.code, 'PROVIDER_NOT_INSTALLED');
    assert.match(missing.error.message, /Installed and can be checked: claude-code/);
    const cursor = await user.json(['detectors', 'check', 'cursor']);
    assert.equal(cursor.error.code, 'NO_REHEARSAL');
    assert.match(cursor.error.message, /claude-code, .*\(not installed\)/);
    assert.equal(await user.refused(['detectors', 'check', 'nobody']), 'PROVIDER_NOT_FOUND');
  });

  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGKILL', null],
  ] as const)
    it(`leaves nothing behind after ${signal}, and shows what it could`, async () => {
      const user = new User();
      const command = user.start(['detectors', 'check', 'claude']);
      const said = ['', ''];
      command.stdout?.on('data', (data) => {
        said[0] += data;
      });
      command.stderr?.on('data', (data) => {
        said[1] += data;
      });
      const folder = await until('the agent', () =>
        user.left().find((each) => user.running(each).length > 0),
      );
      command.kill(signal);
      const [ended] = await once(command, 'close');
      assert.deepEqual([ended, said[1]], [code, '']);
      if (code !== null) {
        assert.match(said[0] ?? '', /^claude +99\.1\.0 .*\?/m);
        assert.match(said[0] ?? '', /^stopped at claude-code, \w+$/m);
      }
      await until('the end of all', () => user.left().length === 0 && user.running(folder).length === 0);
    });

  it('says on a terminal what it is at, agent by agent and step by step', async () => {
    const user = new User();
    const words = `'${process.execPath}' '${join(packageRoot(), 'dist', 'main.js')}' detectors check claude > '${join(user.ground, 'table')}'`;
    const said = execFileSync('script', ['-qec', words, '/dev/null'], { env: user.env, encoding: 'utf8' });
    const lines = stripVTControlCharacters(said).trim().split(/\r?\n/);
    assert.match(lines[0] ?? '', /^claude-code 99\.1\.0$/);
    assert.deepEqual(
      lines.slice(1).map((line) => /^ {2}✓ (\w+), \d+\.\d s$/.exec(line)?.[1]),
      STEPS,
    );
    assert.match(readFileSync(join(user.ground, 'table'), 'utf8'), /^claude( +\S+){2}( +✓){7}/m);
  });
});
