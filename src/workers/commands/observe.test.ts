import assert from 'node:assert/strict';
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { until } from '../../lib/testing/until.ts';
import { type Agent, Home, saidBy } from '../testing/home.ts';

const agents: Agent[] = [
  { id: 'slow', program: 'fake-slow-question', env: { FAKE_DELAY_MS: '1500' } },
  { id: 'hang', program: 'fake-hang' },
  { id: 'flood', program: 'fake-flood', env: { FAKE_LINES: '300' } },
  { id: 'wide', program: 'fake-wide' },
  { id: 'crash', program: 'fake-crash' },
  { id: 'typed-idle', program: 'fake-idle', promptMode: 'send_after_launch' },
];
const policy = { max_parallel_sessions: 50 };

/** Whether a process has a file open. Only Linux shows it; elsewhere the process gets no time to open it. */
function hasOpen(pid: number | undefined, file: string): boolean {
  if (process.platform !== 'linux') return true;
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).some((descriptor) => {
    try {
      return readlinkSync(join(folder, descriptor)) === file;
    } catch {
      return false; // It has been closed meanwhile.
    }
  });
}

/** What holds with a watcher and also without one, while a caller observes. */
function observing(home: Home) {
  const observe = (id: string, ...words: string[]) => home.json(['observe', id, ...words]);
  const waitFor = (id: string, what: string) => observe(id, '--wait-for', what, '--timeout', '60');

  it('waits for a question, an approval, a completion, a limit, idleness, a crash', async () => {
    const question = await home.spawn('fake-question');
    const observed = await waitFor(question, 'question');
    assert.deepEqual(
      [observed.event, observed.state, observed.parsed_question_available],
      ['question', 'AWAITING_USER_INPUT', true],
    );
    await home.run(['send', question, 'the migrations first']);
    assert.deepEqual([(await waitFor(question, 'completed')).event], ['completed']);

    const approval = await home.spawn('fake-approval');
    const wants = await waitFor(approval, 'approval');
    assert.deepEqual([wants.event, wants.state], ['approval_prompt', 'AWAITING_APPROVAL']);
    const limit = await home.spawn('fake-limit');
    assert.equal((await waitFor(limit, 'limit')).event, 'limit_warning');
    const { event, readiness } = await waitFor(limit, 'idle');
    assert.deepEqual([event, readiness], ['idle', 'limit_reached']);
    const idle = await home.spawn('fake-idle');
    assert.equal((await waitFor(idle, 'IDLE')).event, 'idle');
    // A wait for a result that the worker forgot must end.
    const forgotten = await waitFor(idle, 'completed');
    assert.deepEqual([forgotten.event, forgotten.readiness], ['idle', 'turn_ended']);
    const crash = await home.spawn('crash');
    const died = await waitFor(crash, 'question,error');
    assert.deepEqual([died.event, died.state], ['error', 'FAILED']);
  });

  it('does not mistake an agent that waits for its task for one whose turn has ended', async () => {
    const id = await home.spawn('typed-idle');
    const { event, readiness } = await waitFor(id, 'any');
    assert.deepEqual([event, readiness], ['idle', 'turn_ended']);
    assert.equal(home.eventsOf('worker.prompt_delivered', id).length, 1);
  });

  it('adds nothing to the log, however often it runs', async () => {
    const id = await home.spawn('fake-question');
    await waitFor(id, 'question');
    const limit = await home.spawn('fake-limit');
    await waitFor(limit, 'idle');
    const before = [home.events(id).length, home.events(limit).length];
    for (let count = 0; count < 10; count++) {
      assert.equal((await observe(id)).event, 'question');
      assert.equal((await waitFor(limit, 'limit')).event, 'limit_warning');
    }
    assert.equal((await observe(id, '--wait-for', 'completed', '--timeout', '2')).event, 'timeout');
    assert.deepEqual([home.events(id).length, home.events(limit).length], before);
  });
}

describe('observing', () => {
  const home = new Home({ agents, config: { policy } });
  observing(home);

  it('refuses unknown words, with the list, and an unknown worker', async () => {
    const id = home.sessions()[0]?.id ?? '';
    const { error } = await home.json(['observe', id, '--wait-for', 'question,bliss']);
    assert.equal(error.code, 'INVALID_WAIT_FOR');
    assert.deepEqual(error.details.unknown, ['bliss']);
    assert.ok(error.details.allowed.includes('approval_prompt'));
    assert.equal(await home.refused(['observe', id, '--detail', 'all']), 'INVALID_DETAIL');
    assert.equal(await home.refused(['observe', 'ap_nobody']), 'TMUX_SESSION_NOT_FOUND');
    for (const words of [
      ['--timeout', 'soon'],
      ['--wait-for', 'bliss'],
      ['--detail', 'all'],
    ]) {
      assert.equal((await home.run(['observe', id, ...words])).code, 2, words.join(' '));
    }
  });

  it('does not miss what happened between two calls', async () => {
    const id = await home.spawn('fake-question');
    await home.reaches(id, 'AWAITING_USER_INPUT');
    await home.run(['send', id, 'the migrations first']);
    await home.reaches(id, 'COMPLETED');
    const observed = await home.json(['observe', id, '--wait-for', 'completed', '--timeout', '60']);
    assert.equal(observed.event, 'completed');
  });

  it('ends at its timeout or when it is interrupted, and does not touch the worker', async () => {
    const id = await home.spawn('hang');
    await home.reaches(id, 'RUNNING');
    const timedOut = await home.json(['observe', id, '--wait-for', 'completed', '--timeout', '1']);
    assert.deepEqual([timedOut.event, timedOut.state], ['timeout', 'RUNNING']);
    const waiting = home.start(['observe', id, '--wait-for', 'completed', '--timeout', '600', '--json']);
    const output = saidBy(waiting);
    // It waits once it has opened the ledger; before that, a SIGINT ends it anyway.
    await until('an open ledger', () => hasOpen(waiting.pid, `${home.ledgerFile}-wal`));
    waiting.kill('SIGINT');
    const { signal, code } = await output;
    assert.ok(signal === 'SIGINT' || code === 0 || code === 130, `${signal} ${code}`);
    assert.equal(home.session(id).alive, 1);
    assert.equal(home.processesOf(id).length > 0, true);
  });

  it('fences what a worker wrote, omits it unless requested, and can limit its lines', async () => {
    const id = await home.spawn('flood');
    await home.json(['observe', id, '--wait-for', 'completed', '--timeout', '60']);
    const summary = await home.json(['observe', id]);
    assert.equal(summary.worker_output.included, false);
    assert.ok(!JSON.stringify(summary).includes('quick brown fox'));
    const file = join(home.ground, 'observed.json');
    const words = ['observe', id, '--detail', 'full', '--max-lines', '7', '--output', file];
    const full = await home.json(words);
    const [open = '', , ...rest] = full.worker_output.text.split('\n');
    const [, nonce = ''] = /^<<<agentpool-worker-output (\w+)$/.exec(open) ?? [];
    assert.equal(rest.at(-1), `${nonce} agentpool-worker-output>>>`);
    assert.equal(rest.length - 1, 7);
    assert.equal(full.worker_output.truncated, true);
    const written = JSON.parse(readFileSync(file, 'utf8'));
    assert.equal(written.session_id, id);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const again = await home.json(words);
    assert.ok(!again.worker_output.text.includes(nonce));
  });

  it('passes on no control sequences', async () => {
    const id = await home.spawn('wide');
    await until('its lines', () => home.session(id).state !== 'READY');
    await home.json(['observe', id, '--wait-for', 'idle,completed', '--timeout', '60']);
    for (const words of [
      ['observe', id, '--detail', 'full'],
      ['transcript', id, '--limit', '100000'],
    ]) {
      const { stdout } = await home.run(words);
      assert.doesNotMatch(stdout, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    }
  });
});

describe('observing without a watcher', () => {
  const home = new Home({ agents, config: { policy, watcher: { enabled: false } } });
  observing(home);

  it('enforces a deadline while it watches', async () => {
    const id = await home.spawn('hang', '--max-runtime-seconds', '2');
    const { state, event } = await home.json(['observe', id, '--wait-for', 'completed', '--timeout', '60']);
    assert.deepEqual([state, event], ['FAILED', 'timeout']);
    await home.ends(id);
    assert.deepEqual(home.processesOf(id), []);
  });

  it('has never started a watcher', () => {
    assert.deepEqual(home.eventsOf('watcher.started'), []);
  });
});
