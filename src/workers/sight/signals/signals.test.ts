import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import { packageRoot } from '../../../lib/package-root.ts';
import type { Label } from '../../../terminal/detection/classify.ts';
import { classified } from '../../testing/classified.ts';
import { Perception } from '../perception/perception.ts';
import { signalSpool } from './for-worker.ts';
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
  it('passes on one word of a fixed list, and the time', () => {
    assert.equal(giveSignal('turn_ended', env, 1234), true);
    assert.deepEqual(readSignals(scratch), [{ kind: 'turn_ended', at: 1234 }]);
  });

  it('writes nothing else, and nowhere else', () => {
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

  it('is ignored without the token, and stops when the spool is full', () => {
    giveSignal('turn_ended', { ...env, AGENTPOOL_SIGNAL_TOKEN: 'b'.repeat(32) }, 1);
    writeFileSync(path, `${content()}${token} completed 2\nrubbish\n`);
    assert.deepEqual(readSignals(scratch), []);
    writeFileSync(path, 'x'.repeat(300 * 1024));
    assert.equal(giveSignal('turn_ended', env, 1), false);
  });

  it('prints nothing, never fails, and creates no ledger', () => {
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

  it('is given by the hooks of a worker with a shell alone, to the same spool and under the same bounds', () => {
    const app = {
      config: { signals: { 'claude-code': true } },
      paths: { run: scratch },
    } as unknown as Parameters<typeof signalSpool>[0];
    const spool = signalSpool(app, 'ap_1', 'claude-code');
    assert.ok(spool);
    const folder = join(scratch, 'ap_1');
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(spool.files)) writeFileSync(join(folder, name), text);
    const run = (more: object = {}) => {
      const [program = '', ...words] = [...spool.command('turn_ended'), '{"type":"x"}'];
      const { status, stdout, stderr } = spawnSync(program, words, {
        env: { PATH: process.env.PATH, ...spool.env, ...more },
        encoding: 'utf8',
      });
      assert.deepEqual([status, stdout, stderr], [0, '', '']);
    };
    run();
    const [signal, ...more] = readSignals(folder);
    assert.deepEqual([signal?.kind, more], ['turn_ended', []]);
    assert.ok(Math.abs((signal?.at ?? 0) - Date.now()) < 60_000);

    const other = join(scratch, 'other.txt');
    writeFileSync(other, '');
    const link = join(scratch, 'link');
    symlinkSync(other, link);
    run({ AGENTPOOL_SIGNALS: link });
    run({ AGENTPOOL_SIGNALS: join(scratch, 'missing') });
    run({ AGENTPOOL_SIGNALS: '' });
    assert.equal(readFileSync(other, 'utf8'), '');
    assert.throws(() => readFileSync(join(scratch, 'missing')), { code: 'ENOENT' });

    const full = 'x'.repeat(600 * 1024);
    writeFileSync(join(folder, SPOOL), full);
    run();
    assert.equal(readFileSync(join(folder, SPOOL), 'utf8'), full);
  });

  it('reaches the process that watches', async () => {
    giveSignal('turn_started', env, 1);
    const received = await new Promise<Signal>((resolve) => {
      const listener = new SignalListener(scratch, {
        onSignal: (signal) => {
          listener.close();
          resolve(signal);
        },
      });
      listener.start();
      giveSignal('turn_ended', env, 2);
    });
    assert.deepEqual(received, { kind: 'turn_ended', at: 2 });
  });
});

describe('a signal together with the screen', () => {
  const shows = (label: Label, content: string = label) => ({
    classification: classified(label),
    line: null,
    result: null,
    content,
  });
  const perceiving = () => new Perception(0, { idleMs: 1000, unknownMs: 30_000 });

  it("of a turn's end makes an idle screen count sooner, and is named as the source", () => {
    const perception = perceiving();
    perception.perceive('RUNNING', shows('working'), 0);
    perception.onSignal({ kind: 'turn_ended', at: 100 }, 100);
    assert.equal(perception.perceive('RUNNING', shows('working'), 110).observation, null);
    assert.equal(perception.perceive('RUNNING', shows('idle'), 120).recheckInMs, 100);
    const { observation } = perception.perceive('RUNNING', shows('idle'), 220);
    assert.deepEqual(
      [observation?.event, observation?.source, observation?.rule, observation?.readiness],
      ['idle', 'signal', 'turn_ended', 'turn_ended'],
    );
  });

  it("of a turn's end waits longer where a message waits for it: the next turn begins at once", () => {
    const perception = perceiving();
    perception.perceive('RUNNING', shows('working'), 0);
    perception.sent(10, { isDelivering: true });
    perception.delivered(20, { isQueued: true });
    perception.perceive('RUNNING', shows('working', 'on'), 30);
    perception.onSignal({ kind: 'turn_ended', at: 100 }, 100);
    assert.equal(perception.perceive('RUNNING', shows('idle'), 120).recheckInMs, 250);
    assert.equal(perception.perceive('RUNNING', shows('idle'), 370).observation?.event, 'idle');
  });

  it('of another end does not cut short a turn that is not shown yet', () => {
    const perception = perceiving();
    perception.perceive('RUNNING', shows('idle', 'a draft'), 100);
    perception.onSignal({ kind: 'turn_ended', at: 110 }, 110);
    const { observation, recheckInMs } = perception.perceive('RUNNING', shows('idle', 'a draft'), 120);
    assert.deepEqual([observation, recheckInMs], [null, 980]);
  });

  it("of a turn's end does not outlast work on the screen", () => {
    const perception = perceiving();
    perception.onSignal({ kind: 'turn_ended', at: 0 }, 0);
    for (const now of [10, 1000, FRESH_MS + 10])
      assert.equal(perception.perceive('RUNNING', shows('working', `${now}`), now).observation, null);
    const { observation, recheckInMs } = perception.perceive('RUNNING', shows('idle'), FRESH_MS + 20);
    assert.deepEqual([observation, recheckInMs], [null, 1000]);
  });

  it("of a turn's beginning delays an idle screen, but only for a moment", () => {
    const perception = perceiving();
    perception.perceive('RUNNING', shows('idle'), 0);
    perception.onSignal({ kind: 'turn_started', at: 900 }, 900);
    assert.equal(perception.perceive('RUNNING', shows('idle'), 1000).recheckInMs, 900 + FRESH_MS - 1000);
    const { observation } = perception.perceive('RUNNING', shows('idle'), 900 + FRESH_MS);
    assert.deepEqual([observation?.event, observation?.source], ['idle', 'screen']);
  });

  it('of a terminal bell makes an idle screen count sooner, and says nothing about an unknown one', () => {
    const perception = perceiving();
    perception.perceive('RUNNING', shows('working'), 0);
    perception.onSignal({ kind: 'attention', at: 100 }, 100);
    assert.equal(perception.perceive('RUNNING', shows('unknown'), 110).observation, null);
    perception.perceive('RUNNING', shows('idle'), 120);
    const { observation } = perception.perceive('RUNNING', shows('idle'), 370);
    assert.deepEqual([observation?.event, observation?.rule], ['idle', 'attention']);
  });

  it('of a terminal bell does not replace one that says more', () => {
    const perception = perceiving();
    perception.onSignal({ kind: 'approval_wanted', at: 0 }, 0);
    perception.onSignal({ kind: 'attention', at: 5 }, 5);
    assert.equal(perception.perceive('RUNNING', shows('unknown'), 10).recheckInMs, 100);
    assert.equal(perception.perceive('RUNNING', shows('unknown'), 110).observation?.event, 'approval_prompt');
  });

  it('of an end says nothing about a worker that has no task yet', () => {
    const perception = perceiving();
    perception.onSignal({ kind: 'turn_ended', at: 0 }, 0);
    perception.perceive('READY', shows('unknown'), 10);
    assert.equal(perception.perceive('READY', shows('unknown'), 110).observation, null);
  });

  it('never outranks a dialog on the screen', () => {
    const perception = perceiving();
    perception.onSignal({ kind: 'turn_ended', at: 0 }, 0);
    const { observation } = perception.perceive('RUNNING', shows('approval'), 10);
    assert.deepEqual([observation?.event, observation?.source], ['approval_prompt', 'screen']);
  });

  it('counts once if no rule matches the screen', () => {
    const perception = perceiving();
    perception.onSignal({ kind: 'approval_wanted', at: 0 }, 0);
    assert.equal(perception.perceive('RUNNING', shows('unknown', 'half'), 10).observation, null);
    assert.equal(perception.perceive('RUNNING', shows('unknown'), 60).recheckInMs, 100);
    const { observation } = perception.perceive('RUNNING', shows('unknown'), 160);
    assert.deepEqual(
      [observation?.event, observation?.source, observation?.rule],
      ['approval_prompt', 'signal', 'approval_wanted'],
    );
    assert.equal(perception.perceive('AWAITING_APPROVAL', shows('unknown'), 300).observation, null);
  });

  it('from before a message says nothing about what follows it', () => {
    const perception = perceiving();
    perception.onSignal({ kind: 'turn_ended', at: 0 }, 0);
    perception.sent(10);
    assert.equal(perception.perceive('RUNNING', shows('idle'), 20).observation, null);
  });
});
