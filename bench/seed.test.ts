import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../src/lib/testing/processes.ts';
import { openLedger } from '../src/projections/projector/ledger.ts';
import { verifyLedger } from '../src/projections/replay/verify-ledger.ts';
import { seed } from './seed.ts';

const UNTIL = new Date('2026-03-31T00:00:00.000Z');

/** The report of a seed of `events` events, and the content of its ledger. */
function seeded(events: number) {
  const file = join(temporaryFolder(), 'ledger.sqlite');
  const report = seed(file, { events, until: UNTIL });
  const ledger = openLedger(file);
  try {
    const verification = verifyLedger(ledger);
    const days = 'max(julianday(occurred_at)) - min(julianday(occurred_at))';
    return {
      reported: report,
      verification,
      count: ledger.get<{ count: number }>('SELECT count(*) AS count FROM events')?.count,
      days: ledger.get<{ days: number | null }>(`SELECT ${days} AS days FROM events`)?.days ?? 0,
      sessions: ledger.all<{ state: string; alive: 0 | 1 }>('SELECT state, alive FROM sessions'),
    };
  } finally {
    ledger.close();
  }
}

describe('a seeded ledger', () => {
  for (const events of [0, 2, 3, 7, 8, 9, 43, 1000, 2500]) {
    it(`of ${events} events has exactly these, and the chain, the machines and the tables confirm it`, () => {
      const { reported: report, verification, count, sessions } = seeded(events);
      assert.equal(count, events);
      assert.equal(report.events, events);
      assert.equal(report.sessions, sessions.length);
      assert.deepEqual([verification.ok, verification.fault, verification.divergences], [true, null, []]);
      assert.deepEqual(verification.unreadable, {});
    });
  }

  it('covers the 30 days before its end, and has no live worker', () => {
    const { days, sessions } = seeded(2500);
    assert.ok(days > 29 && days <= 30, `${days} days`);
    assert.ok(sessions.length > 80 && sessions.length < 120, `${sessions.length} sessions`);
    assert.ok(sessions.every(({ alive }) => alive === 0));
    assert.ok(sessions.every(({ state }) => state === 'COMPLETED' || state === 'FAILED'));
  });

  it('is the same each time, byte for byte', () => {
    assert.equal(seeded(1000).verification.head, seeded(1000).verification.head);
  });

  it('of one event is refused: no history is that short', () => {
    assert.throws(() => seeded(1), /at least two events/);
  });
});
