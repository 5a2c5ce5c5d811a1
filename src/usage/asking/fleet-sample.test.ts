import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asOurs } from './fleet-sample.ts';
import { unknownSample } from './unasked.ts';

const NOW = new Date('2026-03-04T12:00:00.000Z');

describe('the sample of another machine', () => {
  it('gets the key, the folder and the times of this one, however far the clocks are apart', () => {
    const theirs = {
      ...unknownSample('codex-cli@work', new Date('2031-01-01T00:00:00.000Z')),
      account: 'hash',
      raw: { source: 'app-server', login_folder: 'theirs' },
    };
    const login = { folder: 'ours', id: null };
    const ours = asOurs(theirs, { key: 'codex-cli', login, now: NOW }, { machine: 'laptop', ageMs: 2500 });
    assert.equal(ours.provider_id, 'codex-cli');
    assert.equal(ours.account, 'hash');
    assert.deepEqual(
      [ours.checked_at, ours.observed_at],
      ['2026-03-04T11:59:57.500Z', '2026-03-04T11:59:57.500Z'],
    );
    assert.deepEqual(ours.raw, { source: 'app-server', login_folder: 'ours', machine: 'laptop' });
  });
});
