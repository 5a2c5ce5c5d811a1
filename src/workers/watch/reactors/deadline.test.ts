import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ageOf, identity } from '../../../lib/process/processes.ts';
import { timeLeft } from './deadline.ts';

const SPAWNED = Date.parse('2026-01-01T12:00:00.000Z');
const limited = (seconds: number) => ({
  run_at: new Date(SPAWNED).toISOString(),
  deadline_at: new Date(SPAWNED + seconds * 1000).toISOString(),
});

describe('the time that a worker has left', () => {
  it('is what the clock says while the age of its process agrees', () =>
    fc.assert(
      fc.property(fc.nat(100_000), fc.nat(5000), (elapsed, startedLater) => {
        const age = Math.max(0, elapsed - startedLater);
        if (elapsed - age <= 5000)
          assert.equal(timeLeft(limited(60), SPAWNED + elapsed, age), 60_000 - elapsed);
      }),
    ));

  it('does not depend on the clock, however it was set, where the age of its process is known', () =>
    fc.assert(
      fc.property(fc.nat(100_000), fc.integer({ min: -1e9, max: 1e9 }), (age, set) => {
        const left = timeLeft(limited(60), SPAWNED + age + set, age);
        assert.ok(left <= 60_000 - age && left >= 60_000 - age - 5000, `${left}`);
      }),
    ));

  it('is never more than it was given, where no age is known and the clock was set back', () => {
    assert.equal(timeLeft(limited(60), SPAWNED - 120_000, null), 60_000);
    assert.equal(timeLeft(limited(60), SPAWNED + 20_000, null), 40_000);
  });
});

describe('the age of a process', { skip: process.platform !== 'linux' && 'only Linux records it' }, () => {
  it('is measured without the clock', () => {
    const self = identity(process.pid);
    assert.ok(self);
    const age = ageOf(self) ?? Number.NaN;
    assert.ok(Math.abs(age - process.uptime() * 1000) < 1000, `${age}`);
    assert.equal(ageOf({ started: '7@another-boot' }), null);
  });
});
