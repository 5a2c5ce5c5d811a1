import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { DomainEvent, EventData } from '../../events/catalogue/index.ts';
import type { LeaseMode } from '../../events/catalogue/words.ts';
import { given, minutesLater, NOON, run } from '../testing/given-when-then.ts';
import { covers, type LeaseCommand, leaseDecider } from './decide.ts';

const leases = given(leaseDecider);

const acquire = (
  sessionId: string,
  path: string,
  mode: LeaseMode = 'write',
  ttlSeconds: number | null = null,
): LeaseCommand => ({ kind: 'acquire', sessionId, repoPath: '/r', path, mode, ttlSeconds });

const acquired = (
  session_id: string,
  path: string,
  mode: LeaseMode = 'write',
  more: Partial<EventData<'lease.acquired'>> = {},
): DomainEvent => ({
  type: 'lease.acquired',
  data: { session_id, repo_path: '/r', path, mode, fence: 1, expires_at: null, ...more },
});
const upgraded = (lease_id: number, fence: number, expires_at: string | null = null): DomainEvent => ({
  type: 'lease.upgraded',
  data: { lease_id, fence, expires_at },
});
const renewed = (lease_id: number, expires_at: string | null = null): DomainEvent => ({
  type: 'lease.renewed',
  data: { lease_id, expires_at },
});
const released = (lease_id: number, reason = 'asked'): DomainEvent => ({
  type: 'lease.released',
  data: { lease_id, reason },
});
const expired = (lease_id: number): DomainEvent => ({ type: 'lease.expired', data: { lease_id } });
const at = (minutes: number) => minutesLater(minutes).toISOString();

describe('readers and writers', () => {
  it('a free path is granted', () => leases().when(acquire('a', 'x.ts')).thenEvents(acquired('a', 'x.ts')));

  it('readers share a path', () =>
    leases(acquired('a', 'x.ts', 'read'))
      .when(acquire('b', 'x.ts', 'read'))
      .thenEvents(acquired('b', 'x.ts', 'read', { fence: 2 })));

  it('a writer excludes readers and writers', () => {
    for (const mode of ['read', 'write'] as const) {
      leases(acquired('a', 'x.ts'))
        .when(acquire('b', 'x.ts', mode))
        .thenRejected('LEASE_CONFLICT', {
          path: 'x.ts',
          holder: 'a',
          mode: 'write',
          until: null,
          lease_id: 1,
        });
    }
  });

  it('a reader excludes writers', () =>
    leases(acquired('a', 'x.ts', 'read'))
      .when(acquire('b', 'x.ts'))
      .thenRejected('LEASE_CONFLICT', { holder: 'a', mode: 'read' }));

  it('other files stay free', () =>
    leases(acquired('a', 'x.ts'))
      .when(acquire('b', 'y.ts'))
      .thenEvents(acquired('b', 'y.ts', 'write', { fence: 2 })));
});

describe('a handover', () => {
  const handOver: LeaseCommand = { kind: 'hand_over', from: 'a', to: 'b', repoPath: '/r' };

  it('passes on everything at once, each with a higher fence, and until the same time', () =>
    leases(
      acquired('a', 'x.ts', 'write', { expires_at: at(5) }),
      acquired('a', 'y.ts', 'read', { fence: 2 }),
      acquired('c', 'z.ts', 'write', { fence: 3 }),
    )
      .when(handOver)
      .thenEvents(
        released(1, 'handed over to b'),
        released(2, 'handed over to b'),
        acquired('b', 'x.ts', 'write', { fence: 4, expires_at: at(5) }),
        acquired('b', 'y.ts', 'read', { fence: 5 }),
      ));

  it('passes on nothing that has expired, or that the other one has already', () => {
    leases(acquired('a', 'x.ts', 'write', { expires_at: at(-1) }))
      .when(handOver)
      .thenEvents(expired(1));
    leases(acquired('a', 'x.ts', 'read'), acquired('b', 'x.ts', 'read', { fence: 2 }))
      .when(handOver)
      .thenEvents(released(1, 'handed over to b'));
  });
});

describe('a refusal', () => {
  it('names the holder, the time and the command to type', () =>
    leases(acquired('ap_3f2', 'a.ts', 'write', { expires_at: at(125) }))
      .when(acquire('b', 'a.ts'))
      .thenRejected(
        'LEASE_CONFLICT',
        { until: at(125), example: 'agentpool leases list --repo /r' },
        /^a\.ts is leased by ap_3f2 until 14:05 UTC \(write\)\. Wait for it, or: agentpool leases list --repo \/r$/,
      ));

  it('names the day when the lease ends on another one', () =>
    leases(acquired('a', 'a.ts', 'write', { expires_at: at(24 * 60) }))
      .when(acquire('b', 'a.ts'))
      .thenRejected('LEASE_CONFLICT', {}, / until 2026-03-05 12:00 UTC /));

  it('names the folder through which the path is held', () =>
    leases(acquired('a', 'src'))
      .when(acquire('b', 'src/a.ts'))
      .thenRejected(
        'LEASE_CONFLICT',
        { path: 'src/a.ts', held_path: 'src' },
        /^src\/a\.ts is leased by a through src until it is released \(write\)/,
      ));

  it('suggests a command that works when pasted, whatever the folder is called', () =>
    leases(acquired('a', 'x'))
      .when({ ...acquire('b', 'x'), repoPath: "/my work/it's" } as LeaseCommand)
      .thenRejected('LEASE_CONFLICT', { example: `agentpool leases list --repo '/my work/it'\\''s'` }));
});

describe('a folder', () => {
  it('covers what is below it, and is refused while another session holds part of it', () => {
    leases(acquired('a', 'src')).when(acquire('b', 'src/deep/a.ts')).thenRejected('LEASE_CONFLICT');
    leases(acquired('a', 'src/deep/a.ts')).when(acquire('b', 'src')).thenRejected('LEASE_CONFLICT');
    leases(acquired('a', '')).when(acquire('b', 'src/a.ts')).thenRejected('LEASE_CONFLICT');
    leases(acquired('a', 'src/a.ts'))
      .when(acquire('b', ''))
      .thenRejected('LEASE_CONFLICT', {}, /^the repository is/);
  });

  it('does not cover a path that only starts with the same letters', () =>
    leases(acquired('a', 'src/a'))
      .when(acquire('b', 'src/ab'))
      .thenEvents(acquired('b', 'src/ab', 'write', { fence: 2 })));

  it('does not block its own holder', () =>
    leases(acquired('a', 'src'))
      .when(acquire('a', 'src/a.ts'))
      .thenEvents(acquired('a', 'src/a.ts', 'write', { fence: 2 })));
});

describe('acquiring a held path again', () => {
  it('renews', () =>
    leases(acquired('a', 'x', 'read', { expires_at: at(1) }))
      .when(acquire('a', 'x', 'read', 600))
      .thenEvents(renewed(1, at(10))));

  it('never shortens the lease', () => {
    leases(acquired('a', 'x', 'read', { expires_at: at(60) }))
      .when(acquire('a', 'x', 'read', 60))
      .thenEvents(renewed(1, at(60)));
    leases(acquired('a', 'x', 'read'))
      .when(acquire('a', 'x', 'read', 60))
      .thenEvents(renewed(1, null));
  });

  it('makes the only reader the writer, with a higher fence', () => {
    leases(acquired('a', 'x', 'read'))
      .when(acquire('a', 'x'))
      .thenEvents(upgraded(1, 2));
    leases(acquired('a', 'x', 'read'), acquired('b', 'x', 'read', { fence: 2 }), released(2))
      .when(acquire('a', 'x'))
      .thenEvents(upgraded(1, 3));
  });

  it('is refused for writing while others read', () =>
    leases(acquired('a', 'x', 'read'), acquired('b', 'x', 'read', { fence: 2 }))
      .when(acquire('a', 'x'))
      .thenRejected('LEASE_CONFLICT', { holder: 'b', mode: 'read' }));

  it('keeps a writer a writer', () => {
    leases(acquired('a', 'x'))
      .when(acquire('a', 'x', 'read'))
      .thenEvents(renewed(1));
    leases(acquired('a', 'x', 'read'), upgraded(1, 2))
      .when(acquire('a', 'x'))
      .thenEvents(renewed(1));
  });
});

describe('time', () => {
  const briefly = acquired('a', 'x', 'write', { expires_at: at(5) });

  it('ends a lease at its last moment, not before', () => {
    leases(briefly)
      .when(acquire('b', 'x'), new Date(minutesLater(5).getTime() - 1))
      .thenRejected('LEASE_CONFLICT');
    leases(briefly)
      .when(acquire('b', 'x'), minutesLater(5))
      .thenEvents(expired(1), acquired('b', 'x', 'write', { fence: 2 }));
  });

  it('expires the old lease of its own holder too: the fence must grow', () =>
    leases(briefly)
      .when(acquire('a', 'x', 'write', 60), minutesLater(6))
      .thenEvents(expired(1), acquired('a', 'x', 'write', { fence: 2, expires_at: at(7) })));

  it('expires only the leases that overlap the request', () =>
    leases(briefly, acquired('a', 'y', 'write', { fence: 2, expires_at: at(5) }))
      .when(acquire('b', 'y'), minutesLater(6))
      .thenEvents(expired(2), acquired('b', 'y', 'write', { fence: 3 })));

  it('changes nothing when the request is refused', () =>
    leases(briefly, acquired('c', 'x/y', 'write', { fence: 2 }))
      .when(acquire('b', 'x'), minutesLater(6))
      .thenRejected('LEASE_CONFLICT', { holder: 'c' }));
});

describe('releasing a lease', () => {
  const held = leases(
    acquired('a', 'x', 'read'),
    acquired('b', 'x', 'read', { fence: 2 }),
    acquired('a', 'y'),
  );

  it('works by the number of the lease', () => {
    held.when({ kind: 'release', leaseId: 2, reason: 'asked' }).thenEvents(released(2));
    held
      .when({ kind: 'release', leaseId: 9, reason: 'asked' })
      .thenRejected('LEASE_NOT_FOUND', { lease_id: 9 }, /no open lease 9/);
  });

  it('works by the path, for one session or for all', () => {
    const release = { kind: 'release_path', path: 'x', reason: 'asked' } as const;
    held.when({ ...release, sessionId: 'b' }).thenEvents(released(2));
    held.when({ ...release, sessionId: null }).thenEvents(released(1), released(2));
    held.when({ ...release, sessionId: 'c' }).thenRejected('LEASE_NOT_FOUND', {}, /^c holds no lease on x/);
  });

  it('works for everything that a session holds', () => {
    const ended = { kind: 'release_session', reason: 'session ended' } as const;
    held
      .when({ ...ended, sessionId: 'a' })
      .thenEvents(released(1, 'session ended'), released(3, 'session ended'));
    held.when({ ...ended, sessionId: 'nobody' }).thenEvents();
  });

  it('works once only', () =>
    leases(acquired('a', 'x'), released(1))
      .when({ kind: 'release', leaseId: 1, reason: 'asked' })
      .thenRejected('LEASE_NOT_FOUND'));

  it('frees the path and keeps the fence', () =>
    leases(acquired('a', 'x', 'write', { fence: 7 }), released(1))
      .when(acquire('b', 'x'))
      .thenEvents(acquired('b', 'x', 'write', { fence: 8 })));
});

describe('leases, after any sequence of commands', () => {
  const session = fc.constantFrom('a', 'b', 'c');
  const path = fc.constantFrom('', 'src', 'src/a', 'src/ab', 'src/a/b', 'x');
  const reason = fc.constant('asked');
  const command: fc.Arbitrary<LeaseCommand> = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('acquire' as const),
        sessionId: session,
        repoPath: fc.constant('/r'),
        path,
        mode: fc.constantFrom('read' as const, 'write' as const),
        ttlSeconds: fc.option(fc.integer({ min: 1, max: 600 })),
      }),
    },
    fc.record({ kind: fc.constant('release' as const), leaseId: fc.integer({ min: 1, max: 30 }), reason }),
    fc.record({ kind: fc.constant('release_path' as const), path, sessionId: fc.option(session), reason }),
    fc.record({ kind: fc.constant('release_session' as const), sessionId: session, reason }),
    fc.record({
      kind: fc.constant('hand_over' as const),
      from: session,
      to: session,
      repoPath: fc.constant('/r'),
    }),
  );
  const history = fc
    .array(fc.tuple(command, fc.integer({ min: 0, max: 300 })), { maxLength: 40 })
    .map((steps) => {
      let now = NOON.getTime();
      return steps.map(([asked, seconds]) => {
        now += seconds * 1000;
        return { command: asked, now: new Date(now) };
      });
    });

  it('never allow a writer and another session on one path', () =>
    fc.assert(
      fc.property(history, (commands) => {
        const { state } = run(leaseDecider, commands);
        const now = (commands.at(-1)?.now ?? NOON).toISOString();
        const open = state.open.filter(({ expiresAt }) => expiresAt === null || expiresAt > now);
        for (const one of open) {
          for (const other of open) {
            const meet = covers(one.path, other.path) && one.sessionId !== other.sessionId;
            assert.ok(!meet || (one.mode === 'read' && other.mode === 'read'));
          }
        }
      }),
    ));

  it('are fenced by a number that only grows', () =>
    fc.assert(
      fc.property(history, (commands) => {
        let last = 0;
        for (const { data } of run(leaseDecider, commands).events) {
          if (!('fence' in data)) continue;
          assert.equal(data.fence, last + 1);
          last = data.fence;
        }
      }),
    ));

  it('fold to the same state however their history is split', () =>
    fc.assert(
      fc.property(history, fc.nat(60), (commands, cut) => {
        const { events, state } = run(leaseDecider, commands);
        const begun = events.slice(0, cut).reduce(leaseDecider.evolve, leaseDecider.initial);
        assert.deepEqual(events.slice(cut).reduce(leaseDecider.evolve, begun), state);
      }),
    ));

  it('never include one path twice for one session', () =>
    fc.assert(
      fc.property(history, (commands) => {
        const { open } = run(leaseDecider, commands).state;
        const held = open.map(({ sessionId, path: held }) => `${sessionId} ${held}`);
        assert.equal(new Set(held).size, held.length);
      }),
    ));
});

describe('what a fleet says of a lease', () => {
  const lease = acquired('a', 'x.ts', 'read', { expires_at: at(5) });

  it('that it knows it now leaves the lease as it is', () => {
    leases(lease)
      .when({ kind: 'share', leaseId: 1 })
      .thenEvents(renewed(1, at(5)));
    leases(lease, released(1)).when({ kind: 'share', leaseId: 1 }).thenRejected('LEASE_NOT_FOUND');
  });

  it('that it is lost ends it, once', () => {
    leases(lease).when({ kind: 'lose', leaseId: 1 }).thenEvents(expired(1));
    leases(lease, expired(1)).when({ kind: 'lose', leaseId: 1 }).thenRejected('LEASE_NOT_FOUND');
  });
});
