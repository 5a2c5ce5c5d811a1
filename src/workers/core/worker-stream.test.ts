import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { AgentPoolError } from '../../lib/errors.ts';
import { temporaryFolder } from '../../lib/testing/processes.ts';
import { plainRequest } from '../../machines/testing/request.ts';
import { samples } from '../../machines/testing/samples.ts';
import { workerDecider } from '../../machines/worker/decide.ts';
import { workerStream } from '../../machines/worker/state.ts';
import { openLedger } from '../../projections/projector/ledger.ts';
import { countedReads } from '../../projections/testing/counted-reads.ts';
import { Backlog } from './backlog.ts';
import { type AppContext, openApp } from './context.ts';
import { record, type WatchContext, WorkerStream } from './record.ts';

const ID = 'ap_long';
const retrying = samples.warn_retry[0];

/** A working worker with a long stream, and the same AGENTPOOL_HOME as another process has it open. */
async function longWorker() {
  const env = { AGENTPOOL_HOME: join(temporaryFolder(), 'home') };
  const opened = await openApp(env, 'watcher');
  const app: WatchContext = { ...opened, backlog: new Backlog(() => opened.given().now) };
  const other: AppContext = { ...app, ledger: openLedger(app.paths.ledger) };
  after(() => {
    app.ledger.close();
    other.ledger.close();
  });
  record(app, ID, plainRequest(ID));
  record(app, ID, samples.record_started[0]);
  record(app, ID, samples.record_prompt[0]);
  const more = {
    type: 'worker.retrying',
    data: { state: 'RUNNING', rule: 'retry', evidence: ['attempt 1'] },
  };
  app.ledger.store.append(workerStream(ID), Array(2000).fill(more), { actor: 'test' });
  const stream = new WorkerStream(app, { id: ID, run: 1 }, () => {});
  assert.equal(stream.catchUp().state, 'RUNNING');
  return { app, other, stream };
}

describe('a worker with a long history, kept in memory', () => {
  it('does not read it for a frame that changes nothing, nor for its own records', async () => {
    const { app, stream } = await longWorker();
    assert.deepEqual(
      countedReads(app.ledger.store, () => stream.catchUp()),
      { statements: 0, events: 0 },
    );
    assert.deepEqual(
      countedReads(app.ledger.store, () => stream.recordUnlessRejected(retrying)),
      { statements: 0, events: 0 },
    );
  });

  it('sees what another process has appended before it decides', async () => {
    const { app, other, stream } = await longWorker();
    record(other, ID, samples.request_termination[0]);
    const reads = countedReads(app.ledger.store, () => {
      assert.equal(stream.recordUnlessRejected(samples.record_exit[0]), null, 'no exit of its own');
    });
    assert.deepEqual(reads, { statements: 1, events: 1 });
    record(other, ID, samples.record_termination[0]);
    assert.equal(stream.recordUnlessRejected(samples.warn_limit[0]), null, 'it has ended');
    assert.equal(stream.catchUp().alive, false);
    assert.deepEqual(stream.catchUp(), app.ledger.fold(workerDecider, workerStream(ID)));
  });

  it('says nothing of the process that has replaced the one that it saw', async () => {
    const { other, stream } = await longWorker();
    record(other, ID, { kind: 'lose', reason: 'its server is gone' });
    record(other, ID, samples.resume[0]);
    assert.equal(stream.recordUnlessRejected({ kind: 'lose', reason: 'its server is gone' }), null);
    assert.equal(stream.recordUnlessRejected(samples.record_exit[0]), null);
    assert.deepEqual([stream.catchUp().state, stream.catchUp().run], ['STARTING', 2]);
  });

  it('writes nothing once this process may not write any more', async () => {
    const { app } = await longWorker();
    app.guard = () => {
      throw new AgentPoolError('WATCHER_SUPERSEDED', 'Another watcher has taken over.');
    };
    const stream = new WorkerStream(app, { id: ID, run: 1 }, () => {});
    const before = stream.catchUp();
    const version = app.ledger.store.version(workerStream(ID));
    // No rejection: what follows from the record must not happen either.
    assert.throws(() => stream.recordUnlessRejected(retrying), { code: 'WATCHER_SUPERSEDED' });
    assert.deepEqual([stream.catchUp(), app.ledger.store.version(workerStream(ID))], [before, version]);
  });
});
