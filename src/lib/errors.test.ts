import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AgentPoolError, debugTrace, errorMessage, isBusy } from './errors.ts';

describe('an error', () => {
  const disk = Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
  const error = new AgentPoolError('STORAGE_FULL', 'No space left.', {}, { cause: disk });

  it('is recognised when it comes from another bundle, and a kind of it is not', () => {
    class Rejected extends AgentPoolError {}
    const elsewhere = Object.assign(new Error('No space left.'), { name: 'AgentPoolError' });
    assert.ok(elsewhere instanceof AgentPoolError);
    assert.ok(!(disk instanceof AgentPoolError));
    assert.ok(new Rejected('STORAGE_FULL', '') instanceof Rejected);
    assert.ok(!(error instanceof Rejected));
  });

  it('keeps the error that it explains', () => {
    assert.equal(error.cause, disk);
  });

  it('is traced with its causes and their stacks if AGENTPOOL_DEBUG is set', () => {
    const trace = debugTrace(error, { AGENTPOOL_DEBUG: '1' });
    assert.match(trace, /No space left\..*errors\.test\.[jt]s.*\[cause\].*ENOSPC.*errors\.test\.[jt]s/s);
  });

  it('is not traced otherwise', () => {
    for (const env of [{}, { AGENTPOOL_DEBUG: '' }, { AGENTPOOL_DEBUG: '0' }]) {
      assert.equal(debugTrace(error, env), '');
    }
  });

  it('gives its message; any other thrown value is given as a string', () => {
    assert.deepEqual(
      [errorMessage(error), errorMessage('text'), errorMessage(null)],
      ['No space left.', 'text', 'null'],
    );
  });

  it('counts as busy when SQLite gave up on a lock', () => {
    assert.ok(isBusy(Object.assign(new Error('locked'), { code: 'SQLITE_BUSY_SNAPSHOT' })));
    assert.ok(!isBusy(disk) && !isBusy(null) && !isBusy({ code: 'SQLITE_BUSY' }));
  });
});
