import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { packageRoot } from '../../../lib/package-root.ts';
import { until } from '../../../lib/testing/until.ts';
import { Home } from '../../testing/home.ts';

/** On a screen that no rule knows, so that nothing but the signal can say what it says. */
const UNKNOWN = { FAKE_PLAIN: '1', FAKE_WORK: 'write', FAKE_WORK_MS: '2000', FAKE_REST: '1' };

const agent = (id: string, env: Record<string, string>) => ({
  id,
  program: 'fake-statusline',
  env: { ...UNKNOWN, ...env },
});

// A bash that is not interactive takes PS1 out of the environment.
const LEAVES = `"$FAKE_NODE" "$FAKE_FILE" "$0" && exec env PS1="$FAKE_PROMPT" bash --noprofile --norc -i`;

/** A program that leaves its terminal to a shell with this prompt when it gets `exit`. */
const shell = (id: string, prompt: string) => ({
  id,
  command: ['bash', '-c', LEAVES],
  env: {
    FAKE_NODE: process.execPath,
    FAKE_FILE: join(packageRoot(), 'fixtures', 'agents', 'fake-idle.mjs'),
    FAKE_PROMPT: prompt,
    HISTFILE: '',
  },
});

describe('a program that signals through its terminal', () => {
  const home = new Home({
    agents: [
      agent('iterm', { FAKE_OSC: '9;Approval requested' }),
      agent('kitty', { FAKE_OSC: '99;i=1:p=body;One question for you' }),
      agent('rxvt', { FAKE_OSC: '777;notify;Agent;Turn complete' }),
      agent('through', { FAKE_OSC: '9;Turn complete', FAKE_PASSTHROUGH: '1' }),
      agent('progress', { FAKE_OSC_START: '9;4;3', FAKE_OSC: '9;4;0' }),
      shell('marked', '\\[\\e]133;A\\a\\]me@host:~/repo$ '),
      shell('unmarked', 'me@host:~/repo$ '),
    ],
    // Later than any signal: what is at rest without one is reported by then.
    config: { runtime: { tmux: { idle_seconds: 20 } }, policy: { max_parallel_sessions: 10 } },
  });

  const seen = (id: string) => home.eventsOf('worker.transitioned', id).map(({ data }) => data);
  const basis = (id: string) => seen(id).map(({ source, rule, state }) => [source, rule, state]);
  const type = (id: string, text: string) =>
    home.tmux(id, 'send-keys', '-t', home.session(id).tmux_pane, text, 'Enter');
  /** A worker that begins once it is watched: what a program signals before that is missed. */
  const working = async (id: string) => {
    const worker = await home.spawn(id);
    await until('its watch', () => existsSync(home.session(worker).transcript_path));
    type(worker, 'go on');
    return worker;
  };

  for (const [id, rule, state] of [
    ['iterm', 'approval_wanted', 'AWAITING_APPROVAL'],
    ['kitty', 'question_asked', 'AWAITING_USER_INPUT'],
    ['rxvt', 'turn_ended', 'IDLE'],
    ['through', 'turn_ended', 'IDLE'],
  ] as const)
    it(`has its notification in the ledger (${id})`, async () => {
      const worker = await working(id);
      await home.reaches(worker, state);
      assert.deepEqual(basis(worker).at(-1), ['signal', rule, state]);
      await home.run(['terminate', worker]);
    });

  it('has the begin and the end of its progress in the ledger', async () => {
    const worker = await working('progress');
    await home.reaches(worker, 'IDLE');
    assert.deepEqual(basis(worker).at(-1), ['signal', 'turn_ended', 'IDLE']);
    type(worker, 'go on');
    await home.reaches(worker, 'RUNNING');
    assert.deepEqual(basis(worker).at(-1), ['signal', 'turn_started', 'RUNNING']);
    await home.reaches(worker, 'IDLE');
    assert.deepEqual(basis(worker).at(-1), ['signal', 'turn_ended', 'IDLE']);
    await home.run(['terminate', worker]);
  });

  it('has left its terminal to a shell that marks its prompt, and to no other', async () => {
    const unmarked = await home.spawn('unmarked');
    const marked = await home.spawn('marked');
    for (const id of [unmarked, marked]) {
      await home.reaches(id, 'IDLE');
      await home.run(['send', id, 'exit']);
    }
    await home.reaches(marked, 'UNKNOWN');
    assert.deepEqual(seen(marked).at(-1)?.warnings, ['its program has left the terminal to a shell']);
    assert.equal(home.session(unmarked).state, 'RUNNING');
    await home.run(['terminate', marked]);
    await home.run(['terminate', unmarked]);
  });
});
