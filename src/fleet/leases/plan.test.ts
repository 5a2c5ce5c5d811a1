import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HeldLease } from '../server/leases.ts';
import { type KnownLease, type OpenLease, planLeases, SETTLED_MS } from './plan.ts';

const NOW = new Date('2026-03-04T12:00:00.000Z');
const LATER = new Date('2026-03-04T12:00:00.001Z');
const MONOTONIC = 1_000_000;
const key = { folder: '/home/me/project', session: 'ap_a', path: 'a.ts' };

const open = (changes: Partial<OpenLease> = {}): OpenLease => ({
  ...key,
  id: 7,
  mode: 'write',
  expiresAt: null,
  grant: { repository: 'example.org/a -', fence: 3 },
  ...changes,
});
const held = (changes: Partial<HeldLease> = {}): HeldLease => ({
  ...key,
  mode: 'write',
  fence: 3,
  ageMs: SETTLED_MS,
  ...changes,
});

/** What the plan does, as `what: fence or path`. */
function planned(
  here: OpenLease[],
  there: HeldLease[],
  { remembered, ended = false }: { remembered?: KnownLease; ended?: boolean } = {},
): string[] {
  const plan = planLeases(here, there, {
    now: NOW,
    monotonic: MONOTONIC,
    remembered: new Map(remembered ? [[7, remembered]] : []),
    hasEnded: () => ended,
  });
  return [
    ...plan.renew.map(({ fence, seconds }) => `renew ${fence} for ${seconds} s`),
    ...plan.take.map(({ mode, seconds }) => `take ${mode} for ${seconds} s`),
    ...plan.release.map(({ fence }) => `release ${fence}`),
    ...plan.lost.map(({ path }) => `lost ${path}`),
    ...(plan.isUnsettled ? ['unsettled'] : []),
  ];
}

describe('a lease that the ledger has open', () => {
  it('is renewed, at most until it ends here', () => {
    assert.deepEqual(planned([open()], [held()]), ['renew 3 for 600 s']);
    const ending = open({ expiresAt: '2026-03-04T12:00:30.000Z' });
    assert.deepEqual(planned([ending], [held()]), ['renew 3 for 30 s']);
    const over = open({ expiresAt: '2026-03-04T11:59:59.000Z' });
    assert.deepEqual(planned([over], [held({ ageMs: 0 })], { ended: true }), ['release 3']);
  });

  it('is taken if the database has never known it', () =>
    assert.deepEqual(planned([open({ grant: null })], []), ['take write for 600 s']));

  it('is lost if the database has it no more, also if this machine was suspended', () => {
    assert.deepEqual(planned([open()], []), ['lost a.ts']);
    for (const until of [
      { monotonic: MONOTONIC, now: LATER },
      { monotonic: MONOTONIC + 1, now: NOW },
    ])
      assert.deepEqual(planned([open()], [], { remembered: { fence: 3, until } }), ['lost a.ts']);
  });

  it('is taken again within its time: only a database that was set back lacks it then', () => {
    const remembered = { fence: 3, until: { monotonic: MONOTONIC + 1, now: LATER } };
    assert.deepEqual(planned([open()], [], { remembered }), ['take write for 600 s']);
  });

  it('is left to the command that is taking it at this moment', () => {
    const upgrading = [held({ fence: 4, ageMs: 10 })];
    assert.deepEqual(planned([open({ mode: 'read' })], upgrading), ['unsettled']);
    assert.deepEqual(planned([open({ grant: null })], upgrading), ['unsettled']);
  });

  it('is settled once such a command must have ended', () => {
    assert.deepEqual(planned([open()], [held({ fence: 4 })]), ['renew 4 for 600 s']);
    assert.deepEqual(planned([open({ mode: 'read' })], [held({ fence: 4 })]), ['take read for 600 s']);
  });

  it('is known under the fence that was taken here, before the ledger has recorded it', () => {
    const remembered = { fence: 4, until: { monotonic: MONOTONIC + 1, now: LATER } };
    assert.deepEqual(planned([open()], [held({ fence: 4, ageMs: 10 })], { remembered }), [
      'renew 4 for 600 s',
    ]);
  });
});

describe('a lease that only the database has', () => {
  it('is released once the ledger has recorded its end', () =>
    assert.deepEqual(planned([], [held({ ageMs: 10 })], { ended: true }), ['release 3']));

  it('is released if this process has taken it', () => {
    const remembered = { fence: 3, until: { monotonic: MONOTONIC + 1, now: LATER } };
    assert.deepEqual(planned([], [held({ ageMs: 10 })], { remembered }), ['release 3']);
  });

  it('is left to the command that is taking it, and released if that was killed', () => {
    assert.deepEqual(planned([], [held({ ageMs: SETTLED_MS - 1 })]), ['unsettled']);
    assert.deepEqual(planned([], [held()]), ['release 3']);
  });

  it('of a worker that has passed its work on is released after the successor has it', () => {
    const successor = open({ session: 'ap_b', grant: null });
    assert.deepEqual(planned([successor], [held()], { ended: true }), ['take write for 600 s', 'release 3']);
  });
});
