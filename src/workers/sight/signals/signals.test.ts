import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import { packageRoot } from '../../../lib/package-root.ts';
import type { Label } from '../../../terminal/detection/classify.ts';
import { judged } from '../../testing/judged.ts';
import { Perception } from '../perception.ts';
import { FRESH_MS } from './inbox.ts';
import { SignalListener } from './listen.ts';
import { giveSignal, readSignals, type Signal, SPOOL, TOKEN } from './spool.ts';

const scratch = mkdtempSync(join(tmpdir(), 'agentpool-signals-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

const token = 'a'.repeat(32);
const path = join(scratch, SPOOL);
const env = { AGENTPOOL_SIGNALS: path, AGENTPOOL_SIGNAL_TOKEN: token };
const content = () => readFileSync(path, 'utf8');

beforeEach(() => {
  rmSync(path, { force: true });
  writeFileSync(path, '');
  writeFileSync(join(scratch, TOKEN), `${token}\n`);
});

describe('the hidden command', () => {
  it('hands over one word of a fixed list, and the time', () => {
    assert.equal(giveSignal('turn_ended', env, 1234), true);
    assert.deepEqual(readSignals(scratch), [{ kind: 'turn_ended', at: 1234 }]);
  });

  it('writes nothing else, nowhere else', () => {
    assert.equal(giveSignal('completed\nworker.exited', env, 1), false);
    assert.equal(giveSignal('turn_ended', { ...env, AGENTPOOL_SIGNAL_TOKEN: 'x y' }, 1), false);
    const other = join(scratch, 'notes.txt');
    writeFileSync(other, '');
    assert.equal(giveSignal('turn_ended', { ...env, AGENTPOOL_SIGNALS: other }, 1), false);
    const missing = join(scratch, 'nowhere', SPOOL);
    assert.equal(giveSignal('turn_ended', { ...env, AGENTPOOL_SIGNALS: missing }, 1), false);
    mkdirSync(join(scratch, 'elsewhere'), { recursive: true });
    const link = join(scratch, 'elsewhere', SPOOL);
    symlinkSync(other, link);
    assert.equal(giveSignal('turn_ended', { ...env, AGENTPOOL_SIGNALS: link }, 1), false);
    assert.equal(readFileSync(other, 'utf8') + content(), '');
  });

  it('is not believed without the token, and stops at a spool that is full', () => {
    giveSignal('turn_ended', { ...env, AGENTPOOL_SIGNAL_TOKEN: 'b'.repeat(32) }, 1);
    writeFileSync(path, `${content()}${token} completed 2\nrubbish\n`);
    assert.deepEqual(readSignals(scratch), []);
    writeFileSync(path, 'x'.repeat(300 * 1024));
    assert.equal(giveSignal('turn_ended', env, 1), false);
  });

  it('says nothing, fails never, and makes no ledger', () => {
    const home = join(scratch, 'home');
    const run = (kind: string) =>
      spawnSync(process.execPath, [join(packageRoot(), 'dist', 'main.js'), 'signal', kind, '{"type":"x"}'], {
        env: { ...env, AGENTPOOL_HOME: home },
        encoding: 'utf8',
      });
    for (const kind of ['turn_started', 'nonsense']) {
      const { status, stdout, stderr } = run(kind);
      assert.deepEqual([status, stdout, stderr], [0, '', '']);
    }
    assert.deepEqual(
      readSignals(scratch).map(({ kind }) => kind),
      ['turn_started'],
    );
    assert.throws(() => readFileSync(join(home, 'ledger.sqlite')), { code: 'ENOENT' });
  });

  it('is heard by whoever watches', async () => {
    giveSignal('turn_started', env, 1);
    const received = await new Promise<Signal>((resolve) => {
      const listener = new SignalListener(scratch, (signal) => {
        listener.close();
        resolve(signal);
      });
      listener.start();
      giveSignal('turn_ended', env, 2);
    });
    assert.deepEqual(received, { kind: 'turn_ended', at: 2 });
  });
});

describe('a signal beside the screen', () => {
  const shows = (label: Label, content: string = label) => ({
    classification: judged(label),
    line: null,
    result: null,
    content,
  });
  const perceiving = () => new Perception(0, { idleMs: 1000, unknownMs: 30_000 });

  it('that says the end hastens an idle screen, and is named as the source', () => {
    const perception = perceiving();
    perception.perceive('RUNNING', shows('working'), 0);
    perception.onSignal({ kind: 'turn_ended', at: 100 }, 100);
    assert.equal(perception.perceive('RUNNING', shows('working'), 110).observation, null);
    assert.equal(perception.perceive('RUNNING', shows('idle'), 120).recheckInMs, 250);
    const { observation } = perception.perceive('RUNNING', shows('idle'), 370);
    assert.deepEqual(
      [observation?.event, observation?.source, observation?.rule, observation?.readiness],
      ['idle', 'signal', 'turn_ended', 'turn_ended'],
    );
  });

  it('that says the end of something else does not hasten a turn that does not show yet', () => {
    const perception = perceiving();
    perception.perceive('RUNNING', shows('idle', 'a draft'), 100);
    perception.onSignal({ kind: 'turn_ended', at: 110 }, 110);
    const { observation, recheckInMs } = perception.perceive('RUNNING', shows('idle', 'a draft'), 120);
    assert.deepEqual([observation, recheckInMs], [null, 980]);
  });

  it('that says the end never outlives work on the screen', () => {
    const perception = perceiving();
    perception.onSignal({ kind: 'turn_ended', at: 0 }, 0);
    for (const now of [10, 1000, FRESH_MS + 10])
      assert.equal(perception.perceive('RUNNING', shows('working', `${now}`), now).observation, null);
    const { observation, recheckInMs } = perception.perceive('RUNNING', shows('idle'), FRESH_MS + 20);
    assert.deepEqual([observation, recheckInMs], [null, 1000]);
  });

  it('that says a beginning holds back an idle screen, for a moment only', () => {
    const perception = perceiving();
    perception.perceive('RUNNING', shows('idle'), 0);
    perception.onSignal({ kind: 'turn_started', at: 900 }, 900);
    assert.equal(perception.perceive('RUNNING', shows('idle'), 1000).recheckInMs, 900 + FRESH_MS - 1000);
    const { observation } = perception.perceive('RUNNING', shows('idle'), 900 + FRESH_MS);
    assert.deepEqual([observation?.event, observation?.source], ['idle', 'screen']);
  });

  it('of a terminal that rings hastens an idle screen, and says nothing of an unknown one', () => {
    const perception = perceiving();
    perception.perceive('RUNNING', shows('working'), 0);
    perception.onSignal({ kind: 'attention', at: 100 }, 100);
    assert.equal(perception.perceive('RUNNING', shows('unknown'), 110).observation, null);
    perception.perceive('RUNNING', shows('idle'), 120);
    const { observation } = perception.perceive('RUNNING', shows('idle'), 370);
    assert.deepEqual([observation?.event, observation?.rule], ['idle', 'attention']);
  });

  it('of a terminal that rings does not drown what was said in words', () => {
    const perception = perceiving();
    perception.onSignal({ kind: 'approval_wanted', at: 0 }, 0);
    perception.onSignal({ kind: 'attention', at: 5 }, 5);
    assert.equal(perception.perceive('RUNNING', shows('unknown'), 10).observation?.event, 'approval_prompt');
  });

  it('never beats a dialog on the screen', () => {
    const perception = perceiving();
    perception.onSignal({ kind: 'turn_ended', at: 0 }, 0);
    const { observation } = perception.perceive('RUNNING', shows('approval'), 10);
    assert.deepEqual([observation?.event, observation?.source], ['approval_prompt', 'screen']);
  });

  it('speaks once where no rule knows the screen', () => {
    const perception = perceiving();
    perception.onSignal({ kind: 'approval_wanted', at: 0 }, 0);
    const { observation } = perception.perceive('RUNNING', shows('unknown'), 10);
    assert.deepEqual(
      [observation?.event, observation?.source, observation?.rule],
      ['approval_prompt', 'signal', 'approval_wanted'],
    );
    assert.equal(perception.perceive('AWAITING_APPROVAL', shows('unknown'), 20).observation, null);
  });

  it('of before a message says nothing about what follows it', () => {
    const perception = perceiving();
    perception.onSignal({ kind: 'turn_ended', at: 0 }, 0);
    perception.sent(10);
    assert.equal(perception.perceive('RUNNING', shows('idle'), 20).observation, null);
  });
});
