import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { until } from '../../../lib/testing/until.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { type Agent, Home, killed, saidBy } from '../../../workers/testing/home.ts';
import { inSeconds, sampled } from '../../../workers/testing/sampled.ts';
import { Terminal } from '../../testing/terminal.ts';

const agents: Agent[] = [
  { id: 'hang', program: 'fake-hang' },
  { id: 'limited', program: 'fake-completed' },
];
const policy = { max_parallel_sessions: 20 };

/** Whether this process works on a tasks file: from then on it handles Ctrl-C. */
const claimed = ({ folder }: Home, pid: number | undefined): boolean =>
  readdirSync(join(folder, 'run')).some((name) => {
    if (!/^tasks-.*\.json$/.test(name)) return false;
    return JSON.parse(readFileSync(join(folder, 'run', name), 'utf8')).pid === pid;
  });

interface Task {
  name: string;
  session_id: string | null;
  exit_reason: string;
  reason: string | null;
  changed_files: string[];
  earlier: boolean;
  changed: boolean;
  next: string[];
}

describe('agentpool run --tasks', () => {
  const home = new Home({ agents, config: { policy } });
  let files = 0;
  /** Writes a tasks file (JSON is YAML) and returns its path. */
  const write = (content: Record<string, unknown> | string, file = `tasks-${++files}.yaml`): string => {
    const path = join(home.repo, file);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };
  const run = async (path: string, ...words: string[]) => {
    const { code, stdout } = await home.run(['run', '--tasks', path, ...words, '--json']);
    return { code, ...(JSON.parse(stdout) as { tasks: Task[]; counts: Record<string, number> }) };
  };
  const task = 'Look for the parser';
  const of = (path: string): SessionRow[] =>
    home.sessions().filter(({ metadata }) => JSON.parse(metadata).batch?.file === path);
  const endAll = async (path: string) => {
    for (const { id, alive } of of(path)) if (alive) await home.run(['terminate', id]);
  };

  it('runs every task, collects and ends their workers, and exits 0 if all are completed', async () => {
    const path = write({
      defaults: { provider: 'fake-completed', task },
      parallel: 2,
      tasks: [
        { name: 'one' },
        { name: 'two' },
        { name: 'patch', provider: 'fake-patch', isolation: 'worktree', role: 'implementer' },
      ],
    });
    const done = await run(path);
    assert.deepEqual([done.code, done.counts.completed], [0, 3]);
    assert.ok(done.tasks[2]?.changed_files.includes('a.txt'));
    assert.deepEqual(
      of(path).map(({ alive }) => alive),
      [0, 0, 0],
    );
    const again = await run(path);
    assert.deepEqual([again.code, again.tasks.every(({ earlier }) => earlier)], [0, true]);
    assert.equal(of(path).length, 3);
  });

  it('goes on beside a worker that asks, exits 2, and counts it once it is answered', async () => {
    const path = write({
      defaults: { task },
      tasks: [
        { name: 'asks', provider: 'fake-question' },
        { name: 'also', provider: 'fake-question' },
        { name: 'works', provider: 'fake-completed' },
      ],
    });
    const first = await run(path);
    assert.deepEqual([first.code, first.counts.question, first.counts.completed], [2, 2, 1]);
    for (const { session_id, exit_reason, next } of first.tasks) {
      if (exit_reason !== 'question') continue;
      assert.match(next.join('\n'), new RegExp(`agentpool explain ${session_id}`));
      await home.json(['send', session_id ?? '', 'the migrations first']);
      await home.reaches(session_id ?? '', 'COMPLETED');
    }
    const second = await run(path);
    assert.deepEqual([second.code, second.counts.completed, of(path).length], [0, 3, 3]);
  });

  it('starts failed tasks again only with --retry-failed', async () => {
    const path = write({ tasks: [{ name: 'limit', provider: 'fake-limit', task }] });
    assert.deepEqual([(await run(path)).code, of(path).length], [4, 1]);
    assert.deepEqual([(await run(path)).code, of(path).length], [4, 1]);
    assert.deepEqual([(await run(path, '--retry-failed')).code, of(path).length], [4, 2]);
  });

  it('says which tasks were changed, or are gone, and starts no worker twice for them', async () => {
    const path = write({ tasks: [{ name: 'a', provider: 'fake-question', task }] });
    const [before] = (await run(path)).tasks;
    const rewrite = (tasks: object[]) => write({ tasks }, `tasks-${files}.yaml`);
    rewrite([{ name: 'a', provider: 'fake-question', task: 'Look for the lexer' }]);
    const changed = await run(path);
    assert.deepEqual(
      changed.tasks.map((each) => [each.changed, each.session_id]),
      [[true, before?.session_id]],
    );
    rewrite([{ name: 'b', provider: 'fake-completed', task }]);
    const { stdout } = await home.run(['run', '--tasks', path]);
    assert.match(stdout, /a is no longer in the file/);
    await endAll(path);
  });

  it('leaves the workers running at Ctrl-C, and says how to go on', async () => {
    const path = write({
      parallel: 2,
      defaults: { provider: 'hang', task },
      tasks: [{ name: 'a' }, { name: 'b' }, { name: 'c' }],
    });
    const child = home.start(['run', '--tasks', path]);
    const said = saidBy(child);
    await until('two workers', () => of(path).filter(({ pane_pid }) => pane_pid !== null).length === 2);
    child.kill('SIGINT');
    const { code, stdout } = await said;
    assert.equal(code, 130);
    assert.match(stdout, /2 still at work, 1 not started/);
    assert.match(stdout, new RegExp(`go on with the file +agentpool run --tasks ${path}`));
    assert.deepEqual(
      of(path).map(({ alive }) => alive),
      [1, 1],
    );
    await endAll(path);
  });

  it('leaves workers that are lost to be resumed, and goes on with those that were', async () => {
    const path = write({
      parallel: 2,
      defaults: { provider: 'hang', task },
      tasks: [{ name: 'a' }, { name: 'b' }],
    });
    const interrupted = async () => {
      const child = home.start(['run', '--tasks', path, '--json']);
      const said = saidBy(child);
      await until('two workers', () => of(path).filter(({ state }) => state === 'RUNNING').length === 2);
      await until('its handling of Ctrl-C', () => claimed(home, child.pid));
      child.kill('SIGINT');
      return JSON.parse((await said).stdout) as { tasks: Task[] };
    };
    await interrupted();
    home.killServers();
    const lost = await run(path);
    assert.deepEqual([lost.code, lost.counts.failed], [5, 2]);
    assert.deepEqual(
      of(path).map(({ state }) => state),
      ['LOST', 'LOST'],
    );
    assert.equal(lost.tasks[0]?.next[0], `agentpool resume ${lost.tasks[0]?.session_id}`);
    assert.match(
      (await home.run(['run', '--tasks', path])).stdout,
      /bring the lost ones back +agentpool resume --lost/,
    );
    await home.run(['resume', '--lost']);
    assert.deepEqual(
      (await interrupted()).tasks.map(({ exit_reason }) => exit_reason),
      ['interrupted', 'interrupted'],
    );
    assert.equal(of(path).length, 2);
    await endAll(path);
  });

  it('is refused while another process works on the same file', async () => {
    const path = write({ tasks: [{ name: 'a', provider: 'hang', task }] });
    const child = home.start(['run', '--tasks', path]);
    const said = saidBy(child);
    await until('a worker', () => of(path).some(({ pane_pid }) => pane_pid !== null));
    assert.equal(await home.refused(['run', '--tasks', path]), 'TASKS_RUN_ELSEWHERE');
    child.kill('SIGINT');
    await said;
    await endAll(path);
  });

  it('killed at any moment, it goes on where it was, and starts nothing twice', async () => {
    const path = write({
      parallel: 3,
      defaults: { provider: 'fake-completed', task, isolation: 'worktree' },
      tasks: Array.from({ length: 6 }, (_, index) => ({ name: `t${index}` })),
    });
    for (const wanted of [1, 2, 3, 4]) {
      const child = home.start(['run', '--tasks', path]);
      const said = saidBy(child);
      await until('a worker', () => of(path).length >= wanted);
      await killed(child.pid ?? assert.fail('it was not started'));
      await said;
    }
    const done = await run(path);
    assert.deepEqual([done.code, done.counts.completed], [0, 6]);
    const ran = of(path).filter(({ pane_pid }) => pane_pid !== null);
    assert.equal(ran.length, 6);
    assert.equal(new Set(ran.map(({ metadata }) => JSON.parse(metadata).batch.task)).size, 6);
    assert.equal(of(path).filter(({ alive }) => alive).length, 0);
  });

  it('waits in the queue for a limit with on_limit: wait, and else reports the limit', async () => {
    sampled(home, 'limited', 100, inSeconds(3600));
    const path = write({
      defaults: { task, provider: 'limited' },
      parallel: 2,
      tasks: [
        { name: 'stops', on_limit: 'stop' },
        { name: 'waits', on_limit: 'wait' },
      ],
    });
    const child = saidBy(home.start(['run', '--tasks', path, '--json']));
    await until('the request', () => home.eventsOf('worker.queued').length === 1);
    sampled(home, 'limited', 100, inSeconds(1));
    const { code, stdout } = await child;
    const done = { code, ...(JSON.parse(stdout) as { tasks: Task[] }) };
    assert.deepEqual(
      done.tasks.map(({ exit_reason, session_id }) => [exit_reason, session_id !== null]),
      [
        ['limit', false],
        ['completed', true],
      ],
    );
    assert.equal(done.code, 4);
    assert.match(done.tasks[0]?.reason ?? '', /has reached its limit/);
    assert.equal(home.eventsOf('worker.queued').length, 1);
  });

  it('lists every problem with its line, and starts nothing', async () => {
    const before = home.sessions().length;
    const path = write(`parallel: {hnag: 2}
tasks:
  - name: one
    task: Look for the parser
  - name: one
    provider: auto
    task: Look for the lexer
    modell: gpt
  - provider: hang
    name: two
    task_file: nowhere.md
  - {name: three, provider: hang, task: Look for the lexer, repo: /nowhere}
`);
    const { error } = await home.json(['run', '--tasks', path]);
    assert.equal(error.code, 'TASKS_INVALID');
    const problems = error.details.problems as { line: number; path: string }[];
    assert.deepEqual(
      problems.map((problem) => `${problem.line} ${problem.path}`),
      [
        '1 parallel.hnag',
        '3 tasks[0]',
        '5 tasks[1].name',
        '6 tasks[1].provider',
        '8 tasks[1].modell',
        '11 tasks[2].task_file',
        '12 tasks[3].repo',
      ],
    );
    assert.match(error.message, /:1:12: parallel\.hnag is no provider\. Did you mean hang\?/);
    assert.match(error.message, /tasks\[1\]\.modell is no key of such a file\. Did you mean model\?/);
    for (const text of [
      '',
      '- a',
      'tasks: []',
      'tasks:\n\t- a',
      'task: x',
      'tasks: [{name: "a b", task: x}]',
    ])
      assert.equal((await home.run(['run', '--tasks', write(text)])).code, 64, text);
    assert.equal(home.sessions().length, before);
  });

  it('refuses options that the file says, and --retry-failed without a file', async () => {
    const path = write({ tasks: [{ name: 'a', provider: 'hang', task }] });
    const { error } = await home.json(['run', '--tasks', path, '--provider', 'hang', '--timeout', '5']);
    assert.match(error.message, /--provider and --timeout do not go with --tasks/);
    assert.equal(await home.refused(['run', '--retry-failed']), 'USAGE');
    assert.equal(await home.refused(['run', '--tasks', '/nowhere.yaml']), 'INVALID_REQUEST');
  });

  it('draws the tasks in a terminal, and takes the table away for the summary', async () => {
    const path = write({
      parallel: 2,
      defaults: { task, provider: 'hang' },
      tasks: Array.from({ length: 30 }, (_, index) => ({ name: `w${index}` })),
    });
    const terminal = new Terminal(home, { cols: 80, rows: 16 });
    terminal.type('run', '--tasks', path);
    const drawn = await terminal.shows(
      /w1 +● works +hang(.|\n)*… and 19 more\n0 of 30 tasks done, 2 at work/,
    );
    assert.equal(drawn.match(/^task +now/gm)?.length, 1);
    terminal.press('C-c');
    assert.equal(await terminal.exits(), 130);
    assert.doesNotMatch(terminal.screen(), /Ctrl-C|… and/);
    assert.match(terminal.screen(), /30 tasks: 2 still at work, 28 not started/);
    await endAll(path);
  });
});
