import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Home } from '../workers/testing/home.ts';

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
  const house = new Home();
  const write = (name: string, content: string | object): string => {
    const path = join(house.ground, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };

  it('tells the rule, the region and the lines of a captured screen, and what lost', async () => {
    const screen = write('screens/dialog.txt', dialog);
    const words = ['explain', '--provider', 'claude-code', '--screen', screen];
    const told = await house.json(words);
    assert.equal(told.label, 'approval');
    assert.equal(told.observe_event, 'approval_prompt');
    assert.ok(told.rule && told.region);
    assert.ok(dialog.includes(told.evidence[0]));
    assert.deepEqual(
      told.choices.map(({ label }: { label: string }) => label),
      ['Yes', 'No'],
    );
    const { stdout } = await house.run(words);
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
    const told = await house.json(['explain', '--screens', join(house.ground, 'screens')]);
    assert.equal(told.accuracy, 0.5);
    assert.deepEqual(told.confusion, { idle: { idle: 1 }, question: { approval: 1 } });
    assert.deepEqual(Object.keys(told.screens[0]), ['file', 'provider', 'label', 'judged', 'rule']);
    const { stdout } = await house.run(['explain', '--screens', join(house.ground, 'screens')]);
    assert.match(stdout, /1 of 2 as labelled[\s\S]*dialog\.txt: question, judged approval/);
  });

  it('tells how a worker came to its state', async () => {
    const { session_id } = await house.json(['spawn', '--provider', 'fake-question', '--task', 'Plan it']);
    await house.json(['observe', session_id, '--wait-for', 'question', '--timeout', '60']);
    const told = await house.json(['explain', session_id]);
    assert.equal(told.state, 'AWAITING_USER_INPUT');
    assert.equal(told.observe_event, 'question');
    assert.equal(told.last_transition.to, 'AWAITING_USER_INPUT');
    assert.equal(told.last_transition.source, 'screen');
    assert.equal(told.last_transition.rule, told.rule);
    await house.json(['terminate', session_id]);
    assert.equal((await house.json(['explain', session_id])).error.code, 'SESSION_ENDED');
  });

  it('says what it needs', async () => {
    assert.equal((await house.run(['explain'])).code, 2);
    const missing = ['explain', '--provider', 'claude-code', '--screen', 'nowhere.txt'];
    assert.equal((await house.json(missing)).error.code, 'SCREEN_NOT_READ');
    const unknown = ['explain', '--provider', 'nobody', '--screen', write('s.txt', idle)];
    assert.equal((await house.json(unknown)).error.code, 'PROVIDER_NOT_FOUND');
  });
});

describe('agentpool detectors', () => {
  const house = new Home();
  const detectors = join(house.folder, 'detectors');

  it('tells where your rules lie, lists them beside ours, and lets them judge', async () => {
    assert.equal((await house.run(['detectors', 'path'])).stdout.trim(), detectors);
    mkdirSync(detectors, { recursive: true });
    const mine = { name: 'hatching', yields: 'working', region: 'screen', when: [{ line: '^◇ Hatching' }] };
    writeFileSync(
      join(detectors, 'claude-code.yaml'),
      JSON.stringify({ provider: 'claude-code', rules: [mine] }),
    );
    const { detectors: listed } = await house.json(['detectors', 'list']);
    const claude = listed.find(({ provider }: { provider: string }) => provider === 'claude-code');
    assert.deepEqual(claude.yours, ['hatching']);
    assert.equal((await house.run(['detectors', 'validate'])).code, 0);
    const screen = join(house.ground, 'hatching.txt');
    writeFileSync(screen, '◇ Hatching\n');
    const told = await house.json(['explain', '--provider', 'claude-code', '--screen', screen]);
    assert.deepEqual([told.label, told.rule], ['working', 'hatching']);
  });

  it('names file, line and rule of a fault', async () => {
    const path = join(house.ground, 'codex-cli.yaml');
    writeFileSync(path, 'provider: codex-cli\nrules:\n  - name: odd\n    yields: dancing\n');
    const { code, stdout } = await house.run(['detectors', 'validate', path]);
    assert.equal(code, 1);
    assert.match(stdout, /codex-cli\.yaml:4: rule odd: /);
  });
});
