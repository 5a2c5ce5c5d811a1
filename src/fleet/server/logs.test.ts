import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { StoredEvent } from '../../events/event.ts';
import { chainHash, GENESIS, linkHash } from '../../events/store/hash.ts';
import { anyCharacter } from '../../lib/testing/any-character.ts';
import { Postgres, withoutPostgres } from '../testing/postgres.ts';
import type { Database } from './connection.ts';
import { addEvents, ageOf, eventsAfter, hashAt } from './logs.ts';
import { join, leave, roster, sayPresent } from './machines.ts';
import { setUp } from './set-up.ts';

/** Events that go on after others, with the texts that are given. */
function chain(texts: readonly string[], after: readonly StoredEvent[] = []): StoredEvent[] {
  let hash: Buffer = after.length === 0 ? GENESIS : Buffer.from(after.at(-1)?.hash ?? '', 'hex');
  return texts.map((text, index) => {
    const position = after.length + index + 1;
    const row = {
      position,
      event_id: `id ${text}`,
      stream_id: `worker/${text}`,
      stream_version: position,
      type: 'worker.started',
      schema_version: 1,
      occurred_at: '2026-03-04T12:00:00.000Z',
      recorded_at: '2026-03-04T12:00:00.001Z',
      command_id: index % 2 === 0 ? null : text,
      causation_id: null,
      correlation_id: text,
      actor: 'cli',
      payload: JSON.stringify({ text }),
      metadata: '{}',
    };
    hash = chainHash(hash, row);
    return { ...row, hash: hash.toString('hex') };
  });
}

const failsWith = (code: string) => (error: unknown) => {
  assert.equal((error as { code?: string }).code, code, String(error));
  return true;
};

const server = await Postgres.start();

describe('the log of a machine in the database', { skip: withoutPostgres }, () => {
  let owner: Database;
  let ada: Database;
  let bob: Database;
  let machines = 0;

  /** A machine of ada's with an empty log. */
  async function machine(): Promise<number> {
    const machineId = `00000000-0000-4000-8000-${String(++machines).padStart(12, '0')}`;
    await join(ada, { machineId, name: `m${machines}`, place: 'here', version: '1' });
    return (await roster(ada)).machines.find((each) => each.machineId === machineId)?.machine ?? 0;
  }

  before(async () => {
    await server.asOwner('CREATE ROLE ada LOGIN; CREATE ROLE bob LOGIN');
    owner = await server.connect();
    await setUp(owner, ['ada', 'bob']);
    [ada, bob] = await Promise.all([server.connect('ada'), server.connect('bob')]);
  });

  it('gives back what it got, whatever the texts are', async () => {
    const number = await machine();
    let sent: StoredEvent[] = [];
    // Neither NUL nor half a character is in a ledger: SQLite's text has none.
    const text = fc.string({ unit: anyCharacter, maxLength: 12 }).filter((each) => !each.includes('\0'));
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 20 }), async (texts) => {
        const events = chain(texts, sent);
        await addEvents(ada, number, events);
        sent = [...sent, ...events];
        assert.deepEqual(await eventsAfter(bob, number, sent.length - events.length, 100), events);
      }),
      { numRuns: 50 },
    );
    const end = (await roster(bob)).machines.find((each) => each.machine === number);
    assert.deepEqual([end?.position, end?.hash], [sent.length, sent.at(-1)?.hash]);
    assert.equal(await hashAt(bob, number, 2), sent[1]?.hash);
  });

  it('takes the hashes of releases before 0.3', async () => {
    const number = await machine();
    const [event] = chain(['old']);
    assert.ok(event);
    const { hash: _, ...row } = event;
    const content = JSON.stringify(Object.values(row));
    const former = { ...row, hash: linkHash(GENESIS, Buffer.from(content)).toString('hex') };
    await addEvents(ada, number, [former]);
    assert.deepEqual(await eventsAfter(ada, number, 0, 10), [former]);
  });

  it('has no gap, nothing twice and nothing that was changed', async () => {
    const number = await machine();
    const events = chain(['a', 'b', 'c', 'd']);
    const [a, b, c, d] = events as [StoredEvent, StoredEvent, StoredEvent, StoredEvent];
    const refused = (...batch: StoredEvent[]) =>
      assert.rejects(addEvents(ada, number, batch), failsWith('FLEET_LOG_REFUSED'));
    await refused(b);
    await refused(a, c);
    await addEvents(ada, number, [a, b]);
    await refused(b);
    await refused(a, b);
    await refused({ ...c, payload: '{"text":"z"}' });
    await refused({ ...c, hash: d.hash });
    await refused(c, { ...d, actor: 'mcp' });
    await addEvents(ada, number, [c, d]);
    assert.deepEqual(await eventsAfter(ada, number, 0, 10), events);
  });

  it('goes on in one batch, of two that are sent at once', async () => {
    const number = await machine();
    const second = await server.connect('ada');
    const results = await Promise.allSettled([
      addEvents(ada, number, chain(['a', 'b'])),
      addEvents(second, number, chain(['c'])),
    ]);
    await second.close();
    assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  });

  it('is written by the user who began it, and by no one else', async () => {
    const number = await machine();
    await assert.rejects(addEvents(bob, number, chain(['a'])), failsWith('FLEET_WRITER_OTHER'));
    await assert.rejects(addEvents(owner, number, chain(['a'])), failsWith('FLEET_WRITER_OTHER'));
    const { machineId, name } = (await roster(bob)).machines.find((each) => each.machine === number) ?? {};
    assert.ok(machineId && name);
    const taken = { machineId, name, place: 'elsewhere', version: '1' };
    await assert.rejects(join(bob, taken), failsWith('FLEET_WRITER_OTHER'));
    await leave(bob, machineId);
    assert.equal((await roster(bob)).machines.find((each) => each.machine === number)?.leftAt, null);
  });

  it('is never changed, by its writer or the owner of the tables', async () => {
    const number = await machine();
    await addEvents(ada, number, chain(['a']));
    for (const statement of [
      "UPDATE agentpool.events SET actor = 'mcp'",
      'DELETE FROM agentpool.events',
      'TRUNCATE agentpool.events',
      'UPDATE agentpool.machines SET position = 0',
      "UPDATE agentpool.machines SET role = 'ada'",
      'DROP TRIGGER events_go_on ON agentpool.events',
    ])
      await assert.rejects(ada.run(statement), failsWith('FLEET_REFUSED'), statement);
    for (const statement of [
      "UPDATE agentpool.events SET actor = 'mcp'",
      'DELETE FROM agentpool.events',
      'TRUNCATE agentpool.events',
    ])
      await assert.rejects(owner.run(statement), failsWith('FLEET_LOG_REFUSED'), statement);
    assert.deepEqual(await eventsAfter(bob, number, 0, 10), chain(['a']));
  });

  it('ends when its machine leaves, and goes on when it joins again', async () => {
    const number = await machine();
    const events = chain(['a', 'b']);
    await addEvents(ada, number, events.slice(0, 1));
    const known = (await roster(ada)).machines.find((each) => each.machine === number);
    assert.ok(known);
    await leave(ada, known.machineId);
    await assert.rejects(addEvents(ada, number, events.slice(1)), failsWith('FLEET_LOG_REFUSED'));
    await join(ada, known);
    await addEvents(ada, number, events.slice(1));
    assert.deepEqual(await eventsAfter(ada, number, 0, 10), events);
  });

  it('tells how old an event is by its own clock, whatever that of the machine says', async () => {
    const number = await machine();
    const machineId = (await roster(ada)).machines.find((each) => each.machine === number)?.machineId ?? '';
    await addEvents(ada, number, chain(['a']));
    const minutes = 60_000;
    const age = (ms: number) =>
      ageOf(ada, machineId, { position: 1, occurred_at: new Date(Date.now() + ms).toISOString() });
    const isAbout = (found: number | null, ms: number) =>
      assert.ok(found !== null && Math.abs(found - ms) < minutes, `${found} is not about ${ms}`);
    // Kept back for an hour by a machine without a link.
    isAbout(await age(-60 * minutes), 60 * minutes);
    // In the future of a clock that was set back since: then it is as old as its arrival.
    isAbout(await age(60 * minutes), 0);
    const ahead = { version: '1', now: new Date(Date.now() + 180 * minutes) };
    await sayPresent(ada, number, ahead);
    isAbout(await age(180 * minutes), 0);
    isAbout(await age(120 * minutes), 60 * minutes);
    assert.ok(Number.isNaN(await ageOf(ada, machineId, { position: 1, occurred_at: 'noon' })));
    assert.equal(await ageOf(ada, machineId, { position: 2, occurred_at: 'noon' }), null);
  });
});

describe('the names of the machines in the database', { skip: withoutPostgres }, () => {
  let owner: Database;

  before(async () => {
    await server.asOwner('CREATE DATABASE names');
    owner = await server.connect('owner', 'names');
    await setUp(owner);
  });

  it('are unique among those that are there', async () => {
    const [one, two] = ['1', '2'].map((digit) => `00000000-0000-4000-8000-00000000000${digit}`) as [
      string,
      string,
    ];
    const laptop = { name: 'laptop', place: 'here', version: '1' };
    await join(owner, { ...laptop, machineId: one });
    const other = { ...laptop, machineId: two, place: 'elsewhere' };
    await assert.rejects(join(owner, other), failsWith('FLEET_NAME_TAKEN'));
    await join(owner, { ...laptop, machineId: one, version: '2' });
    await leave(owner, one);
    await join(owner, other);
    const { machines } = await roster(owner);
    assert.deepEqual(
      machines.map(({ name, version, leftAt }) => [name, version, leftAt === null]),
      [
        ['laptop', '2', false],
        ['laptop', '1', true],
      ],
    );
    await assert.rejects(join(owner, { ...laptop, machineId: one }), failsWith('FLEET_NAME_TAKEN'));
  });

  it('pass to a new ledger in the place of the former one', async () => {
    const [former, next] = ['3', '4'].map((digit) => `00000000-0000-4000-8000-00000000000${digit}`) as [
      string,
      string,
    ];
    const box = { name: 'box', place: 'one folder', version: '1' };
    await join(owner, { ...box, machineId: former });
    await join(owner, { ...box, machineId: next });
    const { machines } = await roster(owner);
    const named = machines.filter(({ name }) => name === 'box');
    assert.deepEqual(
      named.map(({ machineId, leftAt }) => [machineId, leftAt === null]),
      [
        [former, false],
        [next, true],
      ],
    );
  });
});
