import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { FakeCodex } from '../../../fixtures/usage/fake-codex.ts';
import { defaultConfig } from '../../config/file/defaults.ts';
import { paths } from '../../config/paths.ts';
import { processPool, temporaryFolder } from '../../lib/testing/processes.ts';
import { openLedger } from '../../projections/projector/ledger.ts';
import { knownUsageOf } from '../../projections/usage/queries.ts';
import { askUsage } from './ask.ts';
import { askOnce } from './ask-once.ts';
import type { Probed } from './probe.ts';

function machine() {
  const ground = temporaryFolder();
  const home = join(ground, 'home');
  const codex = new FakeCodex(ground).uses(20, 40);
  const place = {
    config: defaultConfig(),
    paths: paths(home),
    env: { PATH: `${codex.bin}:/usr/bin:/bin`, HOME: ground },
    ledger: openLedger(paths(home).ledger),
    actor: 'cli',
  };
  after(() => place.ledger.close());
  const ask = (fresh_ms = 0) =>
    askUsage(place, { providers: ['codex-cli'], backend: 'native', interactive: false, fresh_ms });
  return { ground, home, codex, place, ask };
}

describe('asking a provider for its limits', () => {
  it('asks once and records one event when ten processes ask at the same time', async () => {
    const { home, codex, place } = machine();
    const pool = await processPool<null, Probed>(
      new URL('../testing/asker.ts', import.meta.url),
      10,
      home,
      codex.bin,
    );
    const answers = await pool.askAll(() => null);
    assert.equal(codex.asked, 1);
    assert.equal(place.ledger.store.lastPosition(), 1);
    assert.equal(new Set(answers.map((answer) => JSON.stringify(answer))).size, 1);
    assert.equal(answers[0]?.samples[0]?.windows[0]?.used_percent, 40);
  });

  it('asks again later, and records what is new', async () => {
    const { codex, place, ask } = machine();
    await ask();
    codex.uses(25, 60);
    assert.equal((await ask(60_000)).samples[0]?.windows[0]?.used_percent, 40);
    assert.equal((await ask()).samples[0]?.windows[0]?.used_percent, 60);
    assert.deepEqual([codex.asked, place.ledger.store.lastPosition()], [2, 2]);
  });

  it('keeps the last good figures when the question fails, and says why', async () => {
    const { codex, place, ask } = machine();
    const [good] = (await ask()).samples;
    codex.fails();
    const [kept] = (await ask()).samples;
    assert.deepEqual([kept?.status, kept?.windows, kept?.stale], ['available', good?.windows, true]);
    assert.equal(kept?.observed_at, good?.observed_at);
    assert.match(kept?.warnings.join() ?? '', /failed to fetch/);
    assert.deepEqual(knownUsageOf(place.ledger, 'codex-cli')?.good?.windows, good?.windows);
  });

  it('asks anew for another login, and keeps the figures of one from the other', async () => {
    const { codex, ground, place, ask } = machine();
    const loggedIn = (folder: string) => Object.assign(place.env, { CODEX_HOME: join(ground, folder) });
    loggedIn('a');
    const [first] = (await ask(60_000)).samples;
    loggedIn('b');
    codex.uses(25, 60);
    const [second] = (await ask(60_000)).samples;
    assert.deepEqual([codex.asked, second?.windows[0]?.used_percent], [2, 60]);
    assert.notEqual(first?.account, second?.account);
    codex.fails();
    const [own] = (await ask()).samples;
    assert.deepEqual([own?.windows[0]?.used_percent, own?.stale], [60, true]);
    loggedIn('a');
    const [other] = (await ask()).samples;
    assert.deepEqual([other?.status, other?.windows], ['unknown', []]);
  });

  it('records nothing for agents that are not installed, nor for the fake ones', async () => {
    const { place } = machine();
    const request = { backend: 'native', interactive: false, fresh_ms: 0 } as const;
    const { samples } = await askUsage(place, { ...request, providers: ['devin-cli', 'fake-idle'] });
    assert.deepEqual(
      samples.map(({ status }) => status),
      ['unavailable', 'available'],
    );
    assert.equal(place.ledger.store.lastPosition(), 0);
  });
});

describe('a shared question', () => {
  const shared = (facts: object = {}) => ({
    file: join(temporaryFolder(), 'run', 'a.sqlite'),
    key: 'k',
    fresh_ms: 60_000,
    max_wait_ms: 20_000,
    ...facts,
  });

  it('is a different question under a different key', async () => {
    const given = shared();
    assert.equal(await askOnce(given, async () => 1), 1);
    assert.equal(await askOnce(given, async () => 2), 1);
    assert.equal(await askOnce({ ...given, key: 'l' }, async () => 3), 3);
  });

  it('is asked again after the first one threw', async () => {
    const given = shared();
    await assert.rejects(
      askOnce(given, async () => {
        throw new Error('no');
      }),
      /no/,
    );
    assert.equal(await askOnce(given, async () => 2), 2);
  });

  it('is asked even if the answer cannot be stored', async () => {
    const file = join(temporaryFolder(), 'taken');
    writeFileSync(file, 'not a database, but long enough to be looked at as one'.repeat(20));
    assert.equal(await askOnce(shared({ file }), async () => 1), 1);
    assert.equal(await askOnce(shared({ file: join(file, 'below.sqlite') }), async () => 2), 2);
    assert.match(readFileSync(file, 'utf8'), /^not a database/);
    assert.equal(existsSync(`${file}-journal`), false);
  });

  it('does not wait forever for the process that asks', async () => {
    const given = shared({ max_wait_ms: 50 });
    const slow = new EventEmitter();
    const first = askOnce(given, async () => (await once(slow, 'answer'))[0] as number);
    assert.equal(await askOnce(given, async () => 2), 2);
    slow.emit('answer', 1);
    assert.equal(await first, 1);
  });
});
