import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { processPool, temporaryFolder } from '../../lib/testing/processes.ts';
import { type LeaseCommand, leaseDecider, leaseStream } from '../../machines/lease/decide.ts';
import { openLedger } from '../projector/ledger.ts';
import type { LeaseAnswer } from '../testing/lease-asker.ts';

const PROCESSES = 50;
const ROUNDS = 20;

describe('fifty processes that ask for one write lease at once', () => {
  it('grant it to one and report the holder to 49, over twenty rounds', async () => {
    const file = join(temporaryFolder(), 'ledger.db');
    const asker = new URL('../testing/lease-asker.ts', import.meta.url);
    const pool = await processPool<LeaseCommand, LeaseAnswer>(asker, PROCESSES, file, '/r');
    // The first command of a process runs cold code, which would hold the lock for long in each of fifty.
    for (const member of pool.members.keys())
      await pool.ask(member, { kind: 'release_session', sessionId: `s${member}`, reason: 'session ended' });
    const lease = { repoPath: '/r', path: 'src/a.ts', mode: 'write', ttlSeconds: 600 } as const;

    for (let round = 1; round <= ROUNDS; round++) {
      const answers = await pool.askAll((member) => ({ kind: 'acquire', sessionId: `s${member}`, ...lease }));
      const winners = answers.flatMap((answer, member) =>
        'granted' in answer ? [{ ...answer, member }] : [],
      );
      assert.equal(winners.length, 1, `round ${round}: ${JSON.stringify(answers)}`);
      const { member, fence } = winners[0] ?? { member: -1, fence: 0 };
      assert.equal(fence, round);
      for (const answer of answers) {
        if ('granted' in answer) continue;
        assert.equal(answer.code, 'LEASE_CONFLICT');
        assert.equal(answer.holder, `s${member}`);
        assert.match(answer.message, new RegExp(`^src/a.ts is leased by s${member} until `));
      }
      await pool.ask(member, { kind: 'release_session', sessionId: `s${member}`, reason: 'session ended' });
    }

    const ledger = openLedger(file);
    const rows = ledger.all<{ fence: number; released_at: string | null }>(
      'SELECT * FROM leases ORDER BY fence',
    );
    assert.equal(rows.length, ROUNDS);
    assert.ok(rows.every(({ released_at }) => released_at !== null));
    assert.deepEqual(ledger.fold(leaseDecider, leaseStream('/r')), { open: [], lastFence: ROUNDS });
    ledger.close();
  });
});
