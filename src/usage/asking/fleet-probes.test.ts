import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { FakeCodex } from '../../../fixtures/usage/fake-codex.ts';
import { defaultConfig } from '../../config/file/defaults.ts';
import { paths } from '../../config/paths.ts';
import { FleetMachine } from '../../fleet/testing/machines.ts';
import { Postgres, withoutPostgres } from '../../fleet/testing/postgres.ts';
import { temporaryFolder } from '../../lib/testing/processes.ts';
import { until } from '../../lib/testing/until.ts';
import { FLEET_STREAM, membershipDecider } from '../../machines/membership/decide.ts';
import { askUsage } from './ask.ts';

const server = await Postgres.start();

/** Longer than any machine needs: a busy one would ask by itself, as it should. */
const patience = { database: 60_000, asking: 60_000, arriving: 60_000 };

/** A machine of a fleet on which Codex is logged in. */
async function asking(fleet: string, name: string, account: string) {
  const machine = await FleetMachine.join(server.url('owner', fleet), name);
  const { ledger, home, member } = machine;
  const given = { now: new Date(), newId: () => 'unused' };
  ledger.execute(membershipDecider, FLEET_STREAM, { kind: 'join', member }, given, { actor: 'test' });
  const ground = temporaryFolder();
  mkdirSync(join(ground, '.codex'));
  const codex = new FakeCodex(ground).of(account).uses(20, 40);
  const env = { PATH: `${codex.bin}:/usr/bin:/bin`, HOME: ground };
  const place = { config: defaultConfig(), paths: paths(home), env, ledger, actor: 'cli' };
  const ask = async (fresh_ms = 0) => {
    const asked = await askUsage(place, {
      providers: ['codex-cli'],
      backend: 'native',
      interactive: false,
      fresh_ms,
      patience,
    });
    const [sample] = asked.samples;
    assert.ok(sample);
    return sample;
  };
  machine.up();
  await until('the link', () => machine.state()?.link.state === 'connected');
  /** Its own last answer would be as new. */
  const forget = () => rmSync(join(place.paths.run, 'usage'), { recursive: true });
  return { machine, codex, ask, forget };
}

async function two(fleet: string, accounts: [string, string] = ['acc-1', 'acc-1']) {
  await server.asOwner(`CREATE DATABASE ${fleet}`);
  const one = await asking(fleet, 'one', accounts[0]);
  const other = await asking(fleet, 'other', accounts[1]);
  // Only an answer of Codex says whose it is.
  await one.ask();
  await other.ask();
  await Promise.all([one.machine.has(other.machine), other.machine.has(one.machine)]);
  return [one, other] as const;
}

/** Makes the answers that there are too old for any question. */
const age = (fleet: string) =>
  server.asOwner("UPDATE agentpool.probes SET answered_at = answered_at - interval '1 day'", fleet);

const used = ({ windows }: Awaited<ReturnType<Awaited<ReturnType<typeof asking>>['ask']>>) =>
  windows[0]?.used_percent;

describe('two machines of a fleet that ask for the limits of one account', { skip: withoutPostgres }, () => {
  it('ask once at a time, and both have the answer', async () => {
    const [one, other] = await two('at_once');
    for (const round of [1, 2, 3]) {
      await age('at_once');
      for (const { codex } of [one, other]) codex.uses(20, 40 + round);
      const before = one.codex.asked + other.codex.asked;
      const samples = await Promise.all([one.ask(), other.ask()]);
      assert.deepEqual(samples.map(used), [40 + round, 40 + round]);
      assert.equal(one.codex.asked + other.codex.asked - before, 1);
    }
  });

  it('share an answer that is new enough, with the time of the clock here and the name of the machine', async () => {
    const [one, other] = await two('shared');
    await age('shared');
    one.codex.uses(20, 70);
    other.codex.uses(20, 50);
    const own = await one.ask();
    other.forget();
    const began = Date.now();
    const sample = await other.ask(60_000);
    assert.deepEqual([used(sample), sample.raw.machine, sample.account], [70, 'one', own.account]);
    assert.equal(sample.stale, false);
    const age_ms = began - Date.parse(sample.checked_at);
    assert.ok(age_ms > -5000 && age_ms < 60_000, `${age_ms} ms`);
    assert.equal(other.codex.asked, 1);
    assert.equal(used(await other.ask()), 50);
  });

  it('share one that had nothing new, and is in no log again', async () => {
    const [one, other] = await two('same');
    await age('same');
    const position = one.machine.ledger.store.lastPosition();
    await one.ask();
    assert.equal(one.machine.ledger.store.lastPosition(), position);
    other.codex.uses(20, 99);
    other.forget();
    assert.equal(used(await other.ask(60_000)), 40);
    assert.equal(other.codex.asked, 1);
  });

  it('ask each for itself where the accounts differ', async () => {
    const [one, other] = await two('differ', ['acc-1', 'acc-2']);
    await one.ask();
    other.codex.uses(20, 50);
    other.forget();
    assert.equal(used(await other.ask(60_000)), 50);
    assert.deepEqual([one.codex.asked, other.codex.asked], [2, 2]);
  });

  it('ask as without a fleet while the database cannot be reached', async () => {
    const [one, other] = await two('apart');
    await server.crash();
    try {
      for (const { ask, codex } of [one, other]) {
        codex.uses(20, 50);
        assert.equal(used(await ask()), 50);
      }
    } finally {
      await server.up();
    }
  });

  it('ask in place of one that fails', async () => {
    const [one, other] = await two('failing');
    await age('failing');
    one.codex.fails();
    other.codex.uses(20, 50);
    const [failed, answered] = await Promise.all([one.ask(), other.ask()]);
    assert.ok(failed);
    assert.equal(used(answered), 50);
  });
});
