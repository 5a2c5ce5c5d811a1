import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../../lib/testing/processes.ts';
import { retryFile } from './retry-memory.ts';

const now = new Date('2026-11-23T02:00:00Z');
const minutes = (count: number) => new Date(now.getTime() + count * 60_000);
const pause = { reason: 'asked too often (429)', until: minutes(10).toISOString() };

describe('the pauses of a provider', () => {
  it('are known to every process until they are over, per source and per login', () => {
    const file = join(temporaryFolder(), 'run', 'a.retry.json');
    retryFile(file, 'me').keep('live', pause, now);
    retryFile(file, 'me').keep('other', { ...pause, until: minutes(5).toISOString() }, now);
    assert.deepEqual(retryFile(file, 'me').pause('live', minutes(9)), pause);
    assert.equal(retryFile(file, 'me').pause('live', minutes(11)), null);
    assert.equal(retryFile(file, 'you').pause('live', now), null);
    assert.equal(retryFile(file, 'me').pause('third', now), null);
  });

  it('last no longer than a day, and not at all by a clock that was ahead', () => {
    const file = join(temporaryFolder(), 'a.retry.json');
    retryFile(file, '').keep('live', { ...pause, until: minutes(100_000).toISOString() }, now);
    assert.equal(retryFile(file, '').pause('live', minutes(23 * 60))?.until, minutes(24 * 60).toISOString());
    assert.equal(retryFile(file, '').pause('live', minutes(25 * 60)), null);
    assert.equal(retryFile(file, '').pause('live', minutes(-1)), null);
  });

  it('cost a question more where their file is damaged or cannot be written', () => {
    const file = join(temporaryFolder(), 'taken');
    writeFileSync(file, '{"live ": {"until": 3}, "x');
    assert.equal(retryFile(file, '').pause('live', now), null);
    const below = retryFile(join(file, 'below.json'), '');
    below.keep('live', pause, now);
    assert.equal(below.pause('live', now), null);
  });
});
