import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Home } from '../testing/home.ts';

/** More for a trial: WORKER_EXITS=50. */
const EXITS = Number(process.env.WORKER_EXITS ?? 20);

describe('a worker that exits', () => {
  const home = new Home({
    agents: [
      { id: 'done', program: 'fake-done', env: { FAKE_WORK_MS: '1' } },
      { id: 'exit', program: 'fake-exit', env: { FAKE_DELAY_MS: '1' } },
      { id: 'crash', program: 'fake-crash' },
      { id: 'crash-42', program: 'fake-crash', env: { FAKE_EXIT_CODE: '42' } },
      { id: 'segfault', program: 'fake-crash', env: { FAKE_EXIT_SIGNAL: 'SIGSEGV' } },
      { id: 'killed', program: 'fake-crash', env: { FAKE_EXIT_SIGNAL: 'SIGKILL' } },
    ],
    config: { policy: { max_parallel_sessions: 100 } },
  });

  const ends = async (id: string) => {
    const { state, exit_code, exit_signal, result } = await home.ends(id);
    return { state, exit_code, exit_signal, result };
  };
  const failed = { state: 'FAILED', exit_code: null, exit_signal: null, result: 'missing' };
  const lost = { ...failed, state: 'LOST' };

  it('with code 0 and a result has completed', async () => {
    const id = await home.spawn('done');
    const completed = { state: 'COMPLETED', exit_code: 0, exit_signal: null, result: 'present' };
    assert.deepEqual(await ends(id), completed);
  });

  it('with code 0 and no result has completed, and the result is missing', async () => {
    const id = await home.spawn('exit');
    assert.deepEqual(await ends(id), { ...failed, state: 'COMPLETED', exit_code: 0 });
    const { event, warnings } = await home.json(['observe', id, '--wait-for', 'completed', '--timeout', '5']);
    assert.deepEqual([event, warnings], ['completed', ['no result was printed']]);
  });

  it('with any other code has failed, by a signal is lost', async () => {
    assert.deepEqual(await ends(await home.spawn('crash')), { ...failed, exit_code: 3 });
    assert.deepEqual(await ends(await home.spawn('crash-42')), { ...failed, exit_code: 42 });
    assert.deepEqual(await ends(await home.spawn('segfault')), { ...lost, exit_signal: 'SIGSEGV' });
    const id = await home.spawn('killed');
    assert.deepEqual(await ends(id), { ...lost, exit_signal: 'SIGKILL' });
    const { event } = await home.json(['observe', id, '--wait-for', 'question', '--timeout', '60']);
    assert.equal(event, 'error');
  });

  it('leaves its last screen and its transcript, and no terminal', async () => {
    const id = await home.spawn('done');
    const { artifact_dir, transcript_path } = await home.ends(id);
    const texts = [
      readFileSync(join(artifact_dir, 'screen.txt'), 'utf8'),
      readFileSync(transcript_path, 'utf8'),
    ];
    for (const text of texts) assert.match(text, /fake-done ready[\s\S]*^AGENTPOOL_RESULT_[A-Z]{8}_END$/m);
    const { artifacts } = await home.json(['collect', id]);
    const kinds = artifacts.map(({ kind }: { kind: string }) => kind);
    for (const kind of ['transcript', 'result', 'summary', 'diff', 'events'])
      assert.ok(kinds.includes(kind), kinds.join());
    assert.ok(existsSync(join(artifact_dir, 'result.json')));
    assert.ok(!home.tmuxSessions().includes(`agentpool-${id}`));
  });

  it(`is recorded with its code ${EXITS} times out of ${EXITS}, however fast it was`, async () => {
    const spawned: [agent: string, id: string][] = [];
    for (let index = 0; index < EXITS; index++) {
      const agent = index % 2 ? 'exit' : 'done';
      spawned.push([agent, await home.spawn(agent)]);
    }
    for (const [agent, id] of spawned) {
      const result = agent === 'done' ? 'present' : 'missing';
      assert.deepEqual(await ends(id), { ...failed, state: 'COMPLETED', exit_code: 0, result }, id);
      assert.equal(home.eventsOf('worker.exited', id).length, 1);
    }
  });
});
