import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { AgentPoolError } from '../lib/errors.ts';
import { score as scoreFolder } from '../terminal/detection/scoring/score.ts';
import { packagedRules } from './testing/rules.ts';

const folder = mkdtempSync(join(tmpdir(), 'agentpool-score-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const score = (screens: string) => scoreFolder(screens, (provider) => packagedRules(provider));

describe('a score', () => {
  it('says of each labelled screen what it was taken for, and counts', () => {
    writeFileSync(join(folder, 'a.txt'), 'ready\n> \n');
    writeFileSync(join(folder, 'b.txt'), 'Working...\n');
    const entry = { provider: 'other', ansi: false };
    const index = [
      { ...entry, file: 'a.txt', label: 'idle', source: 'drawn' },
      { ...entry, file: 'b.txt', label: 'error' },
    ];
    writeFileSync(join(folder, 'index.json'), JSON.stringify(index));
    const { screens, accuracy, confusion } = score(folder);
    assert.deepEqual(screens[0], {
      file: 'a.txt',
      provider: 'other',
      label: 'idle',
      judged: 'idle',
      rule: 'input-idle',
    });
    assert.equal(accuracy, 0.5);
    assert.deepEqual(confusion, { idle: { idle: 1 }, error: { working: 1 } });
  });

  it('refuses an index of another shape and shows the right one', () => {
    writeFileSync(join(folder, 'index.json'), '[{"file": "a.txt"}]');
    assert.throws(
      () => score(folder),
      (error: unknown) => error instanceof AgentPoolError && error.code === 'SCREENS_INVALID',
    );
  });
});

const captured = process.env.AGENTPOOL_SCREENS;

describe('captured screens', { skip: captured ? false : 'AGENTPOOL_SCREENS names no folder' }, () => {
  it('are judged right in 97 of 100, and no living worker is called gone or broken', () => {
    const { screens, accuracy } = score(captured ?? '');
    const wrong = screens.filter((screen) => screen.judged !== screen.label);
    assert.ok(accuracy >= 0.97, `${accuracy}: ${JSON.stringify(wrong, null, 1)}`);
    const alive = ['working', 'idle', 'question', 'approval'];
    assert.deepEqual(
      wrong.filter(({ label, judged }) => alive.includes(label) && ['error', 'exited'].includes(judged)),
      [],
    );
  });
});
