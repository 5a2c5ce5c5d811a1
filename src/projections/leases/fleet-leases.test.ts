import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../../lib/testing/processes.ts';
import { type LeaseCommand, leaseDecider, leaseStream } from '../../machines/lease/decide.ts';
import { openLedger } from '../projector/ledger.ts';
import { grantsByLease, highestFence, lossIn, lostTo, sharedBy } from './fleet-leases.ts';

const NOON = { now: new Date('2026-03-04T12:00:00.000Z'), newId: () => 'unused' };

function ledgerWith() {
  const ledger = openLedger(join(temporaryFolder(), 'ledger.sqlite'));
  const execute = (command: LeaseCommand, metadata = {}) =>
    ledger.execute(leaseDecider, leaseStream('/r'), command, NOON, { actor: 'test', metadata }).state;
  const acquire = (path: string, metadata = {}) =>
    execute(
      { kind: 'acquire', sessionId: 'a', repoPath: '/r', path, mode: 'write', ttlSeconds: null },
      metadata,
    ).open.at(-1)?.id ?? 0;
  return { ledger, execute, acquire };
}

describe('what the fleet knows of the leases of this machine', () => {
  it('is what the last event of each lease says', () => {
    const { ledger, execute, acquire } = ledgerWith();
    const grant = (fence: number) => ({ repository: 'example.org/a -', fence });
    const [first, second] = [acquire('a', sharedBy(grant(3))), acquire('b')];
    assert.deepEqual([...grantsByLease(ledger)], [[first, grant(3)]]);
    execute({ kind: 'share', leaseId: second }, sharedBy(grant(2)));
    acquire('a');
    assert.deepEqual(
      [...grantsByLease(ledger)],
      [
        [first, grant(3)],
        [second, grant(2)],
      ],
    );
    execute({ kind: 'share', leaseId: first }, sharedBy(null));
    assert.deepEqual([...grantsByLease(ledger)], [[second, grant(2)]]);
    assert.equal(highestFence(ledger, 'example.org/a -'), 3);
    assert.equal(highestFence(ledger, 'example.org/b -'), 0);
    ledger.close();
  });

  it('does not hold for metadata of another kind', () => {
    const { ledger, acquire } = ledgerWith();
    for (const fleet of ['yes', 7, {}, { repository: 'a', fence: 'one' }]) acquire('a', { fleet });
    assert.equal(grantsByLease(ledger).size, 0);
    ledger.close();
  });
});

describe('the end of a lease that was lost', () => {
  it('says to whom, if anyone has it', () => {
    const holder = { machine: 'laptop', session_id: 'ap_b', path: 'src' };
    assert.deepEqual(lossIn(lostTo(holder)), holder);
    assert.equal(lossIn(lostTo(null)), null);
    assert.equal(lossIn({}), undefined);
  });
});
