import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Home } from '../../../workers/testing/home.ts';

const rule = '─'.repeat(80);
const idle = `● done\n\n${rule}\n❯ \n${rule}\n  ? for shortcuts\n`;
const dialog = [
  rule,
  ' Bash command',
  '',
  '   npm test',
  '',
  ' Do you want to proceed?',
  ' ❯ 1. Yes',
  '   2. No',
  '',
  ' Esc to cancel',
].join('\n');

describe('agentpool explain', () => {
  const app = new Home();
  const write = (name: string, content: string | object): string => {
    const path = join(app.ground, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };

  it('names the rule, the region and the lines of a captured screen, and the rules that lost', async () => {
    const screen = write('screens/dialog.txt', dialog);
    const words = ['explain', '--provider', 'claude-code', '--screen', screen];
    const reported = await app.json(words);
    assert.equal(reported.label, 'approval');
    assert.equal(reported.observe_event, 'approval_prompt');
    assert.ok(reported.rule && reported.region);
    assert.ok(dialog.includes(reported.evidence[0]));
    assert.deepEqual(
      reported.choices.map(({ label }: { label: string }) => label),
      ['Yes', 'No'],
    );
    const { stdout } = await app.run(words);
    assert.match(stdout, /approval.*approval_prompt[\s\S]*❯ 1\. Yes/);
  });

  it('scores a folder of labelled screens', async () => {
    write('screens/idle.txt', idle);
    write('screens/dialog.txt', dialog);
    const provider = 'claude-code';
    write('screens/index.json', [
      { file: 'idle.txt', provider, label: 'idle' },
      { file: 'dialog.txt', provider, label: 'question' },
    ]);
    const reported = await app.json(['explain', '--screens', join(app.ground, 'screens')]);
    assert.equal(reported.accuracy, 0.5);
    assert.deepEqual(reported.confusion, { idle: { idle: 1 }, question: { approval: 1 } });
    assert.deepEqual(Object.keys(reported.screens[0]), ['file', 'provider', 'label', 'judged', 'rule']);
    const { stdout } = await app.run(['explain', '--screens', join(app.ground, 'screens')]);
    assert.match(stdout, /1 of 2 as labelled[\s\S]*dialog\.txt: question, judged approval/);
  });

  it('explains how a worker reached its state', async () => {
    const { session_id } = await app.json(['spawn', '--provider', 'fake-question', '--task', 'Plan it']);
    await app.json(['observe', session_id, '--wait-for', 'question', '--timeout', '60']);
    const reported = await app.json(['explain', session_id]);
    assert.equal(reported.state, 'AWAITING_USER_INPUT');
    assert.equal(reported.observe_event, 'question');
    assert.equal(reported.last_transition.to, 'AWAITING_USER_INPUT');
    assert.equal(reported.last_transition.source, 'screen');
    assert.equal(reported.last_transition.rule, reported.rule);
    await app.json(['terminate', session_id]);
    assert.equal((await app.json(['explain', session_id])).error.code, 'SESSION_ENDED');
  });

  it('names the arguments that it needs', async () => {
    assert.equal((await app.run(['explain'])).code, 2);
    const missing = ['explain', '--provider', 'claude-code', '--screen', 'nowhere.txt'];
    assert.equal((await app.json(missing)).error.code, 'SCREEN_NOT_READ');
    const unknown = ['explain', '--provider', 'nobody', '--screen', write('s.txt', idle)];
    assert.equal((await app.json(unknown)).error.code, 'PROVIDER_NOT_FOUND');
  });
});

describe('the worker of a custom provider', () => {
  const app = new Home({ agents: [{ id: 'mine', program: 'fake-question' }] });

  it('has its screen read by the rules in the file of its name', async () => {
    const detectors = join(app.folder, 'detectors');
    mkdirSync(detectors, { recursive: true });
    const rule = {
      name: 'asks-me',
      yields: 'question',
      priority: 999,
      region: 'screen',
      when: [{ text: '.' }],
    };
    writeFileSync(join(detectors, 'mine.yaml'), JSON.stringify({ provider: 'mine', rules: [rule] }));
    const { session_id } = await app.json(['spawn', '--provider', 'mine', '--task', 'Plan it']);
    await app.json(['observe', session_id, '--wait-for', 'question', '--timeout', '60']);
    const reported = await app.json(['explain', session_id]);
    assert.deepEqual([reported.rule, reported.last_transition.rule], ['asks-me', 'asks-me']);
  });
});

describe('agentpool detectors', () => {
  const app = new Home();
  const detectors = join(app.folder, 'detectors');

  it('names the folder of your rules, lists them beside ours, and applies them', async () => {
    assert.equal((await app.run(['detectors', 'path'])).stdout.trim(), detectors);
    mkdirSync(detectors, { recursive: true });
    const mine = { name: 'hatching', yields: 'working', region: 'screen', when: [{ line: '^◇ Hatching' }] };
    writeFileSync(
      join(detectors, 'claude-code.yaml'),
      JSON.stringify({ provider: 'claude-code', rules: [mine] }),
    );
    const { detectors: listed } = await app.json(['detectors', 'list']);
    const claude = listed.find(({ provider }: { provider: string }) => provider === 'claude-code');
    assert.deepEqual(claude.custom_rules, ['hatching']);
    assert.equal((await app.run(['detectors', 'validate'])).code, 0);
    const screen = join(app.ground, 'hatching.txt');
    writeFileSync(screen, '◇ Hatching\n');
    const reported = await app.json(['explain', '--provider', 'claude-code', '--screen', screen]);
    assert.deepEqual([reported.label, reported.rule], ['working', 'hatching']);
  });

  it('names the file, line and rule of an error', async () => {
    const path = join(app.ground, 'codex-cli.yaml');
    writeFileSync(path, 'provider: codex-cli\nrules:\n  - name: odd\n    yields: dancing\n');
    const { code, stdout } = await app.run(['detectors', 'validate', path]);
    assert.equal(code, 1);
    assert.match(stdout, /codex-cli\.yaml:4: rule odd: /);
  });
});
