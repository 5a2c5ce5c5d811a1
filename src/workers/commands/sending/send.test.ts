import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { until } from '../../../lib/testing/until.ts';
import { Home } from '../../testing/home.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('a message to a worker', () => {
  const home = new Home({
    agents: [{ id: 'lines', program: 'fake-lines' }],
    config: { policy: { max_parallel_sessions: 50 } },
  });
  let id: string;

  const arrivals = (): { pastes: number; lines: number; chars: number; sha256: string }[] => {
    const { transcript_path } = home.session(id);
    if (!existsSync(transcript_path)) return [];
    return readFileSync(transcript_path, 'utf8')
      .split('\n')
      .flatMap((line) => (/^\{"pastes":.*\}$/.test(line) ? JSON.parse(line) : []));
  };
  const arrived = async (count: number) =>
    (await until(`message ${count}`, () => arrivals().length >= count && arrivals())).at(-1);

  it('of five lines arrives as one paste and is delivered', async () => {
    id = await home.spawn('lines');
    await arrived(1);
    const text = 'first\n  second\n\nfourth "quoted" $HOME\nfifth?';
    const sent = await home.json(['send', id, text]);
    assert.deepEqual([sent.ok, sent.delivery, sent.reason], [true, 'delivered', null]);
    assert.deepEqual(await arrived(2), { pastes: 1, lines: 5, chars: text.length, sha256: sha256(text) });
    const [message] = home.eventsOf('worker.message_sent', id);
    assert.equal(message?.position, sent.event_id);
    assert.equal(message?.data.text, text);
    assert.equal(home.eventsOf('worker.message_delivered', id)[0]?.data.delivery, 'delivered');
  });

  it('loses the control sequences that could end its paste or press keys', async () => {
    await home.run(['send', id, '--stdin'], {
      input: 'a\u001b[201~\rrm -rf /\r\n\u0003\u0004\u001b[31mb\u0000\u009bc\td',
    });
    assert.deepEqual(await arrived(3), {
      pastes: 1,
      lines: 3,
      chars: 24,
      sha256: sha256('a[201~\nrm -rf /\n[31mbc\td'),
    });
  });

  it('of a megabyte arrives complete', async () => {
    const text = `${'0123456789abcdef é 日本\n'.repeat(50_000)}end`;
    assert.ok(Buffer.byteLength(text) > 1_000_000);
    const sent = await home.json(['send', id, '--stdin'], { input: text });
    assert.ok(['delivered', 'unproven'].includes(sent.delivery), sent.delivery);
    assert.equal((await arrived(4))?.sha256, sha256(text));
    assert.equal(arrivals().length, 4);
  });

  it('that ends in a question mark raises no question', async () => {
    await home.run(['send', id, 'Shall we go on? (y/n)']);
    await arrived(5);
    await home.reaches(id, 'IDLE');
    const events = home.eventsOf('worker.transitioned', id).map(({ data }) => data.observe_event);
    assert.deepEqual(
      events.filter((event) => event !== 'idle' && event !== 'screen_changed'),
      [],
    );
  });

  it('without text is refused', async () => {
    for (const input of ['', ' \n', '\u001b']) {
      assert.equal(await home.refused(['send', id, '--stdin'], { input }), 'INVALID_REQUEST');
    }
    assert.equal(await home.refused(['send', id]), 'INVALID_REQUEST');
  });

  it('to a worker that has ended is refused, with the reason', async () => {
    await home.run(['terminate', id]);
    const { error } = await home.json(['send', id, 'more']);
    assert.equal(error.code, 'SESSION_ENDED');
    assert.match(error.message, /ended/);
    assert.equal(await home.refused(['interrupt', id]), 'SESSION_ENDED');
    const { can_attach } = await home.json(['attach', id]);
    assert.equal(can_attach, false);
  });

  it('answers a question, which is not reported again', async () => {
    const asking = await home.spawn('fake-question');
    await home.reaches(asking, 'AWAITING_USER_INPUT');
    await home.run(['send', asking, 'the migrations first']);
    await home.reaches(asking, 'COMPLETED');
    const questions = home
      .eventsOf('worker.transitioned', asking)
      .filter(({ data }) => data.observe_event === 'question');
    assert.equal(questions.length, 1);
    // A worker that has completed may get more work.
    const sent = await home.json(['send', asking, 'again']);
    assert.equal(sent.ok, true);
  });

  it('is never sent as raw keys unless the policy allows them', async () => {
    const asking = await home.spawn('fake-approval');
    await home.reaches(asking, 'AWAITING_APPROVAL');
    assert.equal(await home.refused(['keys', asking, 'y', 'Enter']), 'POLICY_BLOCKED');
    const free = new Home({ config: { policy: { allow_raw_keys: true } } });
    const other = await free.spawn('fake-approval');
    await free.reaches(other, 'AWAITING_APPROVAL');
    assert.deepEqual((await free.json(['keys', other, 'y', 'Enter'])).keys, ['y', 'Enter']);
    await free.reaches(other, 'COMPLETED');
  });
});

describe('interrupting a worker', () => {
  const home = new Home({
    agents: [{ id: 'flood', program: 'fake-flood', env: { FAKE_LINES: '100000', FAKE_RATE: '50' } }],
  });

  it('stops its turn, and it stays alive', async () => {
    const id = await home.spawn('flood');
    await until('its lines', () =>
      readFileSync(home.session(id).transcript_path, { encoding: 'utf8', flag: 'a+' }).includes('5'),
    );
    assert.equal((await home.json(['interrupt', id])).ok, true);
    await until('its word', () => /Interrupted/.test(readFileSync(home.session(id).transcript_path, 'utf8')));
    assert.equal(home.eventsOf('worker.interrupted', id).length, 1);
    assert.equal(home.session(id).alive, 1);
    const { attach_command, can_attach } = await home.json(['attach', id]);
    assert.ok(can_attach);
    assert.match(attach_command, /^tmux -u -S \S+tmux.sock attach-session -t =?\S*agentpool-/);
  });
});
