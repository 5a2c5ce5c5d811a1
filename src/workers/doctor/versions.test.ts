import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newerThanSeen } from './versions.ts';

const claude = { id: 'claude-code', seen: ['2.1.9', '2.1.330'], rehearses: true };

describe('the versions of agents', () => {
  it('give a hint for one that is newer than all that its rules were tried with', () => {
    const [hint] = newerThanSeen({ ...claude, version: '2.1.400' });
    assert.deepEqual([hint?.ok, hint?.severity], [true, 'info']);
    assert.deepEqual(hint?.fix, ['agentpool detectors check claude']);
    assert.match(hint?.found ?? '', /claude-code 2\.1\.400 is newer than 2\.1\.330/);
  });

  it('point to what is read where the agent cannot be checked', () => {
    const [hint] = newerThanSeen({ ...claude, rehearses: false, version: '3.0' });
    assert.deepEqual(hint?.fix, ['agentpool explain @last']);
  });

  it('give none for those seen, older ones, unknown ones, and those that are no plain numbers', () => {
    for (const version of ['2.1.330', '2.1.29', '1.0', null, '2.1.400-beta.1', 'nightly', '2026.08.01-abc'])
      assert.deepEqual(newerThanSeen({ ...claude, version }), [], String(version));
    assert.deepEqual(newerThanSeen({ ...claude, seen: [], version: '9.9' }), []);
  });
});
