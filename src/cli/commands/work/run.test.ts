import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { until } from '../../../lib/testing/until.ts';
import { type Agent, Home, saidBy } from '../../../workers/testing/home.ts';
import { Terminal } from '../../testing/terminal.ts';

const agents: Agent[] = [
  { id: 'hang', program: 'fake-hang' },
  { id: 'crash', program: 'fake-crash' },
  { id: 'silent', program: 'fake-exit' },
  { id: 'overage', program: 'fake-menu', env: { FAKE_MENU: 'overage' } },
];
const policy = { max_parallel_sessions: 50 };
const task = ['--task', 'Look for the parser'];

describe('agentpool run', () => {
  const home = new Home({ agents, config: { policy } });
  const run = async (provider: string, ...words: string[]) => {
    const { code, stdout } = await home.run(['run', '--provider', provider, ...task, ...words, '--json']);
    return { code, ...JSON.parse(stdout) };
  };

  it('exits 0 once the worker is completed, collected and terminated', async () => {
    const done = await run('fake-completed');
    assert.deepEqual([done.code, done.exit_code, done.exit_reason], [0, 0, 'completed']);
    assert.deepEqual([done.session.state, done.session.alive], ['COMPLETED', false]);
    assert.equal(done.observation.event, 'completed');
    assert.equal(done.collect.result, 'present');
    assert.equal(done.termination.ok, true);
    assert.equal((await home.json(['session', 'show', done.session_id])).session.alive, false);
  });

  it('collects the change that a worker has made in its own worktree', async () => {
    const done = await run('fake-patch', '--isolation', 'worktree', '--role', 'implementer');
    assert.equal(done.code, 0);
    assert.deepEqual(done.collect.git.changed_files.includes('a.txt'), true);
    assert.equal(home.git('status', '--porcelain'), '');
  });

  it('exits 2 at a question and 3 at an approval, and leaves the worker alive for the answer', async () => {
    const asks = await run('fake-question');
    assert.deepEqual([asks.code, asks.exit_reason, asks.session.alive], [2, 'question', true]);
    assert.deepEqual([asks.collect, asks.termination], [null, null]);
    assert.equal((await home.json(['send', asks.session_id, 'the migrations first'])).ok, true);
    await home.reaches(asks.session_id, 'COMPLETED');

    const wants = await home.run(['run', '--provider', 'fake-approval', ...task]);
    assert.equal(wants.code, 3);
    assert.match(
      wants.stdout,
      /agentpool explain ap_\w+\n.*agentpool send ap_\w+ "\.\.\."\n.*agentpool observe/,
    );
  });

  it('exits 4 at a limit and at the offer to pay beyond it', async () => {
    assert.deepEqual(pick(await run('fake-limit')), [4, 'limit', false]);
    assert.deepEqual(pick(await run('overage')), [4, 'limit', false]);
  });

  it('exits 5 for a crash, and for a worker that stops without a result', async () => {
    assert.deepEqual(pick(await run('crash')), [5, 'failed', false]);
    assert.deepEqual(pick(await run('fake-idle')), [5, 'failed', false]);
  });

  it('exits 124 after its own timeout, or after that of the worker', async () => {
    assert.deepEqual(pick(await run('hang', '--timeout', '1')), [124, 'timeout', false]);
    assert.deepEqual(pick(await run('hang', '--max-runtime-seconds', '3')), [124, 'timeout', false]);
  });

  it('leaves a worker alive with --keep, and creates none if it is refused', async () => {
    assert.deepEqual(pick(await run('fake-completed', '--keep')), [0, 'completed', true]);
    const before = home.sessions().length;
    const refused = await home.run(['run', '--provider', 'auto', ...task]);
    assert.deepEqual([refused.code, home.sessions().length], [1, before]);
  });

  it('exits 64 for a usage error, because 2 means a question', async () => {
    const before = home.sessions().length;
    const wrong = [
      [],
      ['--provider', 'fake-completed'],
      ['--provider', 'fake-completed', ...task, '--bogus'],
      ['--provider', 'fake-completed', ...task, 'and more'],
      ['--provider', 'fake-completed', ...task, '--timeout', 'long'],
      ['--provider', 'fake-nobody', ...task],
      ['--provider', 'fake-completed', ...task, '--detail', 'all'],
      ['--provider', 'fake-completed', ...task, '--task-stdin'],
      ['--provider', 'fake-completed', '--task-file', '/nowhere'],
    ];
    for (const words of wrong) {
      assert.equal((await home.run(['run', ...words])).code, 64, words.join(' '));
      assert.equal((await home.run(['run', ...words, '--json'])).code, 64, words.join(' '));
    }
    // A valid command line that is refused is no usage error.
    assert.equal((await home.run(['run', '--provider', 'auto', ...task])).code, 1);
    assert.equal((await home.run(['spawn', ...task])).code, 2);
    assert.equal(home.sessions().length, before);
  });

  it('leaves the worker running at Ctrl-C, and says so', async () => {
    const child = home.start(['run', '--provider', 'hang', ...task]);
    const said = saidBy(child);
    await until('the worker to run', () =>
      home.sessions().some((each) => each.provider_id === 'hang' && each.alive && each.pane_pid),
    );
    child.kill('SIGINT');
    const { code, stdout, stderr } = await said;
    const session = home.sessions().find((each) => each.provider_id === 'hang' && each.alive);
    assert.deepEqual([code, stdout], [130, '']);
    assert.match(stderr, new RegExp(`^${session?.id} keeps running`));
  });
});

const pick = ({
  code,
  exit_reason,
  session,
}: {
  code: number;
  exit_reason: string;
  session: { alive: boolean };
}) => [code, exit_reason, session.alive];

describe('agentpool spawn', () => {
  const home = new Home({ agents, config: { policy } });

  it('waits for its worker with --wait, for the events that it names', async () => {
    const words = ['spawn', '--provider', 'fake-question', ...task];
    const plain = await home.json(words);
    for (const wait of [['--wait'], ['--wait', 'question'], ['--wait=question,completed']]) {
      const waited = await home.json([...words, ...wait]);
      assert.deepEqual(Object.keys(waited), [...Object.keys(plain), 'observation']);
      assert.deepEqual([waited.observation.event, waited.session.state], ['question', 'AWAITING_USER_INPUT']);
    }
    assert.equal(await home.refused([...words, '--wait', 'nonsense']), 'INVALID_WAIT_FOR');
  });

  it('takes its task from a file or from standard input', async () => {
    const file = join(home.ground, 'task.md');
    writeFileSync(file, 'Look for the parser\nand mend it\n');
    const spawn = (...words: string[]) => ['spawn', '--provider', 'fake-idle', ...words];
    assert.equal(
      (await home.json(spawn('--task-file', file))).session.task,
      'Look for the parser\nand mend it\n',
    );
    assert.equal(
      (await home.json(spawn('--task-file', '-'), { input: 'From a pipe' })).session.task,
      'From a pipe',
    );
  });

  it('says what is wrong with a task, and spawns nothing', async () => {
    const before = home.sessions().length;
    const refused = async (...words: string[]) =>
      (await home.json(['spawn', '--provider', 'fake-idle', ...words])).error.message;
    assert.match(await refused('--task-file', '/nowhere/at/all'), /no task file \/nowhere/);
    assert.match(await refused('--task-file', home.repo), /is a folder/);
    assert.match(await refused('--task-file', 'a.txt', '--task', 'x y'), /--task and --task-file exclude/);
    assert.match(await refused('Do something'), /The task goes after --task/);
    assert.match(await refused(), /needs a task/);
    assert.equal(home.sessions().length, before);
  });
});

describe('a wait in a terminal', () => {
  const home = new Home({ agents, config: { policy } });

  it("draws the worker's state and last lines, and takes itself away", async () => {
    const terminal = new Terminal(home);
    terminal.type('spawn', '--provider', 'hang', ...task, '--wait');
    const drawn = await terminal.shows(
      /RUNNING {2}ap_\w+ {2}hang(.|\n)*│ Working(.|\n)*Ctrl-C stops waiting/,
    );
    assert.equal(drawn.match(/Ctrl-C stops waiting/g)?.length, 1);
    await home.run(['terminate', '@last']);
    assert.equal(await terminal.exits(), 0);
    const after = terminal.screen();
    assert.doesNotMatch(after, /│|Ctrl-C/);
    assert.match(after, /ap_\w+ {2}– CANCELLED/);
  });

  it('fits a small terminal', async () => {
    const terminal = new Terminal(home, { cols: 40, rows: 10 });
    terminal.type('spawn', '--provider', 'hang', ...task, '--wait');
    const drawn = await terminal.shows(/│ Working/);
    assert.equal(drawn.match(/│ Working/g)?.length, 1);
    await home.run(['terminate', '@last']);
    assert.equal(await terminal.exits(), 0);
    assert.doesNotMatch(terminal.screen(), /│/);
  });

  it('leaves the worker alone at Ctrl-C', async () => {
    const terminal = new Terminal(home, { cols: 90 });
    const id = await home.spawn('hang');
    terminal.type('observe', id, '--wait-for', 'any', '--timeout', '600');
    await terminal.shows(/Ctrl-C stops waiting/);
    terminal.press('C-c');
    assert.equal(await terminal.exits(), 130);
    assert.match(terminal.screen(), new RegExp(`${id} keeps running`));
    assert.equal(home.session(id).alive, 1);
  });
});
