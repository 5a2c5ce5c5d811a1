import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  answer,
  failure,
  type UsageReading,
  type UsageSource,
  usageWindow,
} from '../../agents/contract/limits/reading.ts';
import type { UsageSample } from '../../agents/contract/limits/sample.ts';
import { probeOne } from './probe.ts';
import type { ProbeSettings, ProbeTarget } from './probe-request.ts';
import { unknownSample } from './unasked.ts';

const now = new Date('2026-11-23T02:00:00Z');
const at = '2026-11-23T01:50:00.000Z';

const source = (id: string, read: UsageSource['read'], more: Partial<UsageSource> = {}): UsageSource => ({
  id,
  provider: 'claude-code',
  reach: 'network',
  reads: 'a login',
  hosts: [],
  confidence: 'local_cli',
  deadline_ms: 60_000,
  read,
  ...more,
});
const gives = (reading: UsageReading) => async () => reading;
const week = (used: number, more: object = {}) =>
  answer({ windows: [usageWindow({ kind: 'weekly', used, confidence: 'official' })], ...more });
const file = (used: number) =>
  source('file', gives(week(used, { observed_at: at, stale: true })), { reach: 'offline' });
/** Answers only when it is stopped. */
const hangs = (id: string, onStop: () => void = () => {}) =>
  source(
    id,
    ({ signal }) =>
      new Promise((resolve) =>
        signal.addEventListener('abort', () => {
          onStop();
          resolve(failure('timed_out', 'no answer before the deadline'));
        }),
      ),
  );

const ask = (sources: UsageSource[], given: Partial<ProbeSettings> = {}, target: Partial<ProbeTarget> = {}) =>
  probeOne(
    {
      backend: 'native',
      interactive: true,
      deadline_ms: 60_000,
      lastGood: () => undefined,
      env: {},
      home: '/nowhere',
      helpers: {},
      workdir: '/nowhere',
      now: () => now,
      sources: () => sources,
      ...given,
    },
    { provider_id: 'claude-code', agent: ['claude'], ...target },
  );

describe('a file that an agent wrote', () => {
  it('is what is known when the provider does not answer in time, and the answer is partial', async () => {
    const { sample, cut } = await ask([hangs('live'), hangs('second'), file(44)], { deadline_ms: 20 });
    assert.deepEqual(
      [sample.windows[0]?.used_percent, sample.observed_at, sample.stale, cut],
      [44, at, true, true],
    );
    assert.deepEqual(sample.warnings, [`kept from ${at}: live: no answer before the deadline`]);
    assert.deepEqual(
      sample.tried.map((each) => [each.source, each.outcome]),
      [
        ['live', 'timed_out'],
        ['file', 'answered'],
      ],
    );
  });

  it('is not needed where the provider answers', async () => {
    const { sample, cut } = await ask([source('live', gives(week(10))), file(44)]);
    assert.deepEqual([sample.source, sample.tried.length, cut], ['live', 1, false]);
  });

  it('does not speak for a login that is signed out', async () => {
    const { sample } = await ask([source('live', gives(failure('signed_out', 'sign in'))), file(44)]);
    assert.deepEqual([sample.status, sample.windows], ['unauthenticated', []]);
  });

  it('spares a terminal', async () => {
    const asked: string[] = [];
    const screen = source('screen', async () => week(asked.push('screen')), { interactive: true });
    const refused = source('live', gives(failure('failed', 'no')));
    assert.equal((await ask([refused, screen, file(44)])).sample.source, 'file');
    assert.deepEqual(asked, []);
    assert.equal((await ask([refused, screen])).sample.source, 'screen');
  });
});

describe('a source that hangs', () => {
  it('holds up none behind it, and is stopped once another one has answered', async () => {
    const stopped: string[] = [];
    const slow = hangs('slow', () => stopped.push('slow'));
    const { sample, cut } = await ask([slow, source('next', gives(week(5)))], { patience_ms: 1 });
    assert.deepEqual([sample.source, cut, stopped], ['next', false, ['slow']]);
  });
});

describe('a pause that a provider asked for', () => {
  it('is kept, and the source is not asked again before it is over', async () => {
    const until = '2026-11-23T02:10:00.000Z';
    const kept = new Map<string, { reason: string; until: string }>();
    const retries = {
      pause: (id: string) => kept.get(id) ?? null,
      keep: (id: string, pause: { reason: string; until: string }) => void kept.set(id, pause),
    };
    let asked = 0;
    const limited = source('live', async () => {
      asked += 1;
      return failure('rate_limited', 'asked too often (429)', until);
    });
    await ask([limited], { retries });
    const { sample } = await ask([limited], { retries });
    assert.equal(asked, 1);
    assert.deepEqual(
      sample.tried.map((each) => [each.outcome, each.reason, each.retry_at]),
      [['rate_limited', 'asked too often (429), not asked again before 2026-11-23T02:10Z', until]],
    );
  });
});

describe('figures that were kept', () => {
  const login = (folder: string, id: string | null = null) => ({ folder, id });
  const failing = [source('live', gives(failure('failed', 'no')))];
  /** What is shown when the question of the second login fails after the first one was answered. */
  async function afterwards(
    first: { folder: string; id: string | null },
    told: string | null,
    second: { folder: string; id: string | null },
  ): Promise<UsageSample> {
    const good = await ask([source('live', gives(week(10, { account_id: told })))], {}, { login: first });
    return (await ask(failing, { lastGood: () => good.sample }, { login: second })).sample;
  }

  it('are shown for the same account, whether an answer or a file names it', async () => {
    assert.equal((await afterwards(login('a'), null, login('a'))).windows.length, 1);
    const kept = await afterwards(login('a'), 'told by the answer', login('a'));
    assert.deepEqual([kept.windows.length, kept.stale], [1, true]);
    assert.equal((await afterwards(login('a', 'me'), null, login('b', 'me'))).windows.length, 1);
  });

  it('are not shown for another folder, nor for another account in the same one', async () => {
    const other = await afterwards(login('a'), null, login('b'));
    assert.deepEqual([other.status, other.windows, other.account], ['unknown', [], 'b']);
    const switched = await afterwards(login('a', 'me'), null, login('a', 'you'));
    assert.deepEqual([switched.status, switched.account], ['unknown', 'you']);
  });

  it('of a time that knew no accounts are of the one there is', async () => {
    const old = { ...unknownSample('claude-code', now), status: 'available' as const };
    const { sample } = await ask(failing, { lastGood: () => old }, { login: login('a', 'me') });
    assert.equal(sample.status, 'available');
  });
});
