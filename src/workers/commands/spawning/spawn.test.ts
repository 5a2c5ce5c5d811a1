import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { until } from '../../../lib/testing/until.ts';
import { workerPrompt } from '../../core/words/prompt.ts';
import { Home } from '../../testing/home.ts';

describe('a spawn', () => {
  const home = new Home({
    agents: [
      { id: 'lines', program: 'fake-lines' },
      { id: 'lines-stdin', program: 'fake-lines', promptMode: 'stdin' },
      { id: 'lines-typed', program: 'fake-lines', promptMode: 'send_after_launch' },
      { id: 'no-such-program', program: 'no-such-program' },
    ],
    config: { policy: { max_parallel_sessions: 50 } },
  });
  const typesOf = (id: string) => home.events(id).map(({ type }) => type);

  it('appends its intent before it creates anything, and its outcome afterwards', async () => {
    const id = await home.spawn('fake-question', '--isolation', 'worktree');
    await home.reaches(id, 'AWAITING_USER_INPUT');
    assert.deepEqual(typesOf(id), [
      'worker.spawn_requested',
      'worktree.created',
      'worker.started',
      'worker.prompt_delivered',
      'worker.transitioned',
    ]);
    const { worktree_path, worktree_branch } = home.session(id);
    assert.equal(worktree_branch, `agentpool/fake-question/${id.slice(3)}`);
    assert.ok(existsSync(join(worktree_path ?? '', 'a.txt')));
  });

  it('records its options', async () => {
    const { session_id, session } = await home.json(
      'spawn --provider fake-idle --role reviewer --account work --supervision autonomous --max-turns 2 --model m --isolation read_only --max-runtime-seconds 600 --allowed-file a.txt --allowed-file b.txt --runtime tmux --task Look'.split(
        ' ',
      ),
    );
    const { role, account, supervision, max_turns, model, isolation, state } = session;
    assert.deepEqual(
      { role, account, supervision, max_turns, model, isolation },
      {
        role: 'reviewer',
        account: 'work',
        supervision: 'autonomous',
        max_turns: 2,
        model: 'm',
        isolation: 'read_only',
      },
    );
    assert.notEqual(state, 'STARTING');
    const [requested] = home.eventsOf('worker.spawn_requested', session_id);
    assert.deepEqual(requested?.data.allowed_files, ['a.txt', 'b.txt']);
    assert.ok(session.deadline_at > session.created_at);
    // The task was one turn; one more is allowed.
    await home.reaches(session_id, 'IDLE');
    await home.run(['send', session_id, 'more']);
    assert.equal(await home.refused(['send', session_id, 'even more']), 'MAX_TURNS_REACHED');
  });

  it('refuses a placeholder for a task, a missing provider, and things that do not exist', async () => {
    const spawn = (...words: string[]) => home.refused(['spawn', ...words]);
    for (const task of ['@task.md', '<task>', 'your task here', ' ']) {
      assert.equal(await spawn('--provider', 'fake-idle', '--task', task), 'INVALID_REQUEST', task);
    }
    const { code } = await home.run(['spawn', '--provider', 'fake-idle', '--task', '<task>']);
    assert.equal(code, 2);
    assert.equal(await spawn('--provider', 'auto', '--task', 'Look'), 'POLICY_BLOCKED');
    assert.equal(await spawn('--provider', 'nobody', '--task', 'Look'), 'PROVIDER_NOT_FOUND');
    const idle = ['--provider', 'fake-idle', '--task', 'Look'];
    assert.equal(await spawn(...idle, '--runtime', 'screen'), 'INVALID_REQUEST');
    assert.equal(await spawn(...idle, '--repo', 'a.txt'), 'INVALID_REQUEST');
    assert.equal(await spawn(...idle, '--repo', 'not/there'), 'INVALID_REQUEST');
    assert.equal(await spawn(...idle, '--isolation', 'shared'), 'POLICY_BLOCKED');
    assert.equal(await spawn('--provider', 'fake-idle'), 'INVALID_REQUEST');
    const usage = await home.run(['spawn', '--task', 'Look']);
    assert.equal(usage.code, 2);
  });

  for (const [how, words, message] of [
    ['whose time is up', ['--max-runtime-seconds', '1'], /its time was up \(--max-runtime-seconds\)/],
    ['that is terminated', [], /it was terminated/],
  ] as const)
    it(`says why a worker ${how} while it is made was not started`, async () => {
      // The watcher that ends it runs as long as another worker does.
      const other = await home.spawn('fake-idle');
      const role = how.replaceAll(' ', '-');
      const place = ['--isolation', 'worktree', '--setup', 'exec sleep 600', '--role', role];
      const spawning = home.json(['spawn', '--provider', 'fake-idle', '--task', 'Look', ...place, ...words], {
        wholeProcess: true,
      });
      const { id } = await until('its intent', () =>
        home.sessions().find((session) => session.role === role),
      );
      if (words.length === 0) await home.run(['terminate', id]);
      const { error } = await spawning;
      assert.equal(error.code, 'SESSION_ENDED', JSON.stringify(error));
      assert.match(error.message, message);
      assert.deepEqual(home.processesOf(id), []);
      await home.run(['terminate', other]);
    });

  it('leaves nothing of a worker whose agent is not installed', async () => {
    const id = await home.spawn('no-such-program');
    const { state, exit_code } = await home.ends(id);
    assert.deepEqual({ state, exit_code }, { state: 'FAILED', exit_code: 1 });
    assert.match((await home.json(['transcript', id])).text, /Cannot find module/);
  });

  /** The line reader's report of each message that reached it. */
  const messagesOf = (id: string): { pastes: number; lines: number; sha256: string }[] => {
    const { transcript_path } = home.session(id);
    if (!existsSync(transcript_path)) return [];
    return readFileSync(transcript_path, 'utf8')
      .split('\n')
      .flatMap((line) => (/^\{"pastes":.*\}$/.test(line) ? JSON.parse(line) : []));
  };

  const arrived = async (id: string, task: string, pastes: number, deliveries = ['delivered']) => {
    const resultWord = home.eventsOf('worker.spawn_requested', id)[0]?.data.result_word ?? null;
    const promptText = workerPrompt({ task, isolation: 'read_only', allowedFiles: [], resultWord });
    const [first] = await until(
      'the task',
      () => messagesOf(id).length > 0 && messagesOf(id),
      () => readFileSync(home.session(id).transcript_path, 'utf8'),
    );
    const sha256 = createHash('sha256').update(promptText).digest('hex');
    assert.deepEqual(
      { pastes: first?.pastes, lines: first?.lines, sha256: first?.sha256 },
      { pastes, lines: promptText.split('\n').length, sha256 },
    );
    // The agent may have answered before the complete delivery was confirmed and recorded.
    const [prompt] = await until('its delivery', () => {
      const delivered = home.eventsOf('worker.prompt_delivered', id);
      return delivered.length > 0 && delivered;
    });
    await home.reaches(id, 'IDLE');
    assert.equal(messagesOf(id).length, 1);
    assert.ok(deliveries.includes(prompt?.data.delivery ?? ''), prompt?.data.delivery);
    assert.equal(home.eventsOf('worker.prompt_delivered', id).length, 1);
    const events = home.eventsOf('worker.transitioned', id).map(({ data }) => data.observe_event);
    assert.ok(!events.includes('question'), events.join());
  };

  const task =
    'Look at the last line.\n\n  It says "naïve café" 日本語 $HOME `x` \'y\' \\ %1 #{pid} ; 👩‍👩‍👧\r\n\u001b[201~\u0000Done?';

  for (const [provider, pastes] of [
    ['lines', 0],
    ['lines-stdin', 1],
    ['lines-typed', 1],
  ] as const) {
    it(`gives ${provider} a task of many lines as one message, without control sequences`, async () => {
      const { session_id } = await home.json(['spawn', '--provider', provider, '--task-stdin'], {
        input: task,
      });
      await arrived(session_id, task, pastes);
    });
  }

  it('uses the requested prompt mode, not the default of the provider', async () => {
    const id = await home.spawn('lines', '--task', 'Look', '--initial-prompt-mode', 'send_after_launch');
    await arrived(id, 'Look', 1);
  });

  it('types in a task that is too long for an argument', async () => {
    const long = `${'Look at this line, it is one of very many.\n'.repeat(5000)}Done?`;
    const { session_id, session } = await home.json(['spawn', '--provider', 'lines', '--task-stdin'], {
      input: long,
    });
    assert.ok(long.length > 200_000);
    assert.equal(session.task.length, long.length);
    // A screen that scrolls for seconds may not show when the text was taken.
    await arrived(session_id, long, 1, ['delivered', 'unproven']);
  });
});

describe('ten spawns at once', () => {
  const home = new Home();

  it('start four workers, as many as the policy allows', async () => {
    const words = ['spawn', '--provider', 'fake-idle', '--task', 'Look'];
    const spawn = () => home.json(words, { wholeProcess: true });
    const spawned = await Promise.all(Array.from({ length: 10 }, spawn));
    const codes = spawned.flatMap(({ error }) => error?.code ?? []);
    assert.deepEqual(codes, Array(6).fill('POLICY_BLOCKED'));
    assert.equal(home.sessions().length, 4);
    assert.equal(home.tmuxSessions().length, 4);
    // Another coordinator has its own four.
    const other = { AGENTPOOL_COORDINATOR_ID: 'other' };
    const fifth = await home.run(['spawn', '--provider', 'fake-idle', '--task', 'Look'], { env: other });
    assert.equal(fifth.code, 0);
    // A worker that ends frees its place.
    await home.run(['terminate', home.sessions()[0]?.id ?? '']);
    assert.ok(await home.spawn('fake-idle'));
  });
});
