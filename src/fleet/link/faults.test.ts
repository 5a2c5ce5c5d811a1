import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { verifyLog } from '../../events/store/verify.ts';
import { packageRoot } from '../../lib/package-root.ts';
import { bundled } from '../../lib/testing/processes.ts';
import { until } from '../../lib/testing/until.ts';
import { everyCommand } from '../../machines/testing/samples.ts';
import { openLedger } from '../../projections/projector/ledger.ts';
import { verifyLedger } from '../../projections/replay/verify-ledger.ts';
import { act } from '../../projections/testing/life.ts';
import { Replica, replicaFile } from '../replicas/replica.ts';
import { addressOf } from '../server/address.ts';
import { Database } from '../server/connection.ts';
import { roster } from '../server/machines.ts';
import { Cut } from '../testing/cut.ts';
import { FleetMachine } from '../testing/machines.ts';
import { Postgres, withoutPostgres } from '../testing/postgres.ts';
import { pull, ship } from './transfer.ts';

// What reaches the disk counts here: the server is killed.
const server = await Postgres.start({});

async function pair(name: string, port = server.port): Promise<[FleetMachine, FleetMachine]> {
  await server.asOwner(`CREATE DATABASE ${name}`);
  const url = server.url('owner', name).replace(String(server.port), String(port));
  return [await FleetMachine.join(url, 'one'), await FleetMachine.join(url, 'two')];
}

/** Both have all of the other, and nothing twice. */
async function assertWhole(one: FleetMachine, two: FleetMachine): Promise<void> {
  await Promise.all([one.has(two), two.has(one)]);
  for (const [machine, other] of [
    [one, two],
    [two, one],
  ] as const) {
    assert.deepEqual(machine.logOf(other), other.log());
    assert.equal(verifyLog(machine.logOf(other)).fault, null);
  }
}

/** Appends while `work` goes on, with a pause after each event for the other processes. */
async function whileAppending(machines: readonly FleetMachine[], work: () => Promise<void>): Promise<void> {
  let isDone = false;
  const appending = (async () => {
    for (let count = 0; !isDone; count++) {
      for (const machine of machines) machine.append(`event ${count}`);
      await sleep(10);
    }
  })();
  try {
    await work();
  } finally {
    isDone = true;
    await appending;
  }
}

describe('the logs of two machines', { skip: withoutPostgres }, () => {
  it('are whole although the processes that move them are killed again and again', async () => {
    const [one, two] = await pair('killed');
    const script = bundled(fileURLToPath(new URL('../testing/linker.ts', import.meta.url)));
    const running = new Map<FleetMachine, ChildProcess>();
    after(() => {
      for (const child of running.values()) child.kill('SIGKILL');
    });
    const start = async (machine: FleetMachine) => {
      const env = { ...process.env, NODE_PATH: join(packageRoot(), 'node_modules') };
      const child = fork(script, [], { env, execArgv: [] });
      running.set(machine, child);
      await new Promise((resolve) => child.once('message', resolve));
      child.send({ question: machine.threadData(), at: 0 });
      await new Promise((resolve) => child.once('message', resolve));
    };
    await Promise.all([start(one), start(two)]);
    await whileAppending([one, two], async () => {
      for (let kills = 0; kills < 12; kills++) {
        const machine = kills % 2 === 0 ? one : two;
        const other = machine === one ? two : one;
        // Each of them has moved something since the last time.
        const before = [other.positionOf(machine), machine.positionOf(other)];
        await until('both to move', () =>
          [other.positionOf(machine), machine.positionOf(other)].every(
            (position, at) => position > (before[at] ?? 0),
          ),
        );
        const child = running.get(machine);
        const ended = new Promise((resolve) => child?.once('exit', resolve));
        child?.kill('SIGKILL');
        await ended;
        await start(machine);
      }
    });
    await assertWhole(one, two);
  });

  it('are whole although the server is killed in the middle of commits', async () => {
    const [one, two] = await pair('crashed');
    one.up();
    two.up();
    await whileAppending([one, two], async () => {
      for (let crashes = 0; crashes < 4; crashes++) {
        const before = two.positionOf(one);
        await until('more to be moved', () => two.positionOf(one) > before);
        await server.crash();
        await until('the loss to be seen', () => one.state()?.link.state === 'waiting');
        await server.up();
      }
    });
    await assertWhole(one, two);
  });

  it('are whole after a network that was cut, and soon', async () => {
    const cut = await Cut.to(server.port);
    const [one, two] = await pair('cut', cut.port);
    one.up();
    two.up();
    one.append('before');
    await two.has(one);
    cut.cut();
    one.append('while it is cut');
    two.append('there too');
    await until(
      'the loss to be seen',
      () => one.state()?.link.state === 'waiting' && two.state()?.link.state === 'waiting',
    );
    assert.equal(two.logOf(one).length, 1);
    cut.restore();
    await assertWhole(one, two);
  });

  it('are the same with clocks that are hours apart', async () => {
    const [one, two] = await pair('clocks');
    const ahead = 3 * 3_600_000;
    one.up({ now: () => new Date(Date.now() + ahead) });
    two.up();
    one.append('a');
    two.append('b');
    await assertWhole(one, two);
    const clocks = () =>
      two.state()?.machines.map(({ clock_ahead_ms }) => Math.round(clock_ahead_ms / 3_600_000));
    await until('the clocks', () => clocks()?.join() === '3,0');
    assert.ok((two.state()?.machines[0]?.seen_ms_ago ?? Number.NaN) < 3_600_000);
  });
});

describe('the read models of a replica', { skip: withoutPostgres }, () => {
  it('are those of the log, however shipping and fetching take turns', async () => {
    await server.asOwner('CREATE DATABASE turns');
    let fleets = 0;
    const deed = fc.record({
      kind: fc.constantFrom('act', 'act', 'act', 'ship', 'pull', 'restart'),
      machine: fc.nat(2),
      command: fc.nat(everyCommand.length - 1),
      worker: fc.constantFrom('ap_a', 'ap_b'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { minLength: 20, maxLength: 60 }), async (deeds) => {
        const run = fleets++;
        const machines: FleetMachine[] = [];
        for (const name of ['one', 'two', 'three'])
          machines.push(await FleetMachine.join(server.url('owner', 'turns'), `${name}-${run}`));
        const database = await Database.connect(addressOf(server.url('owner', 'turns'), {}), undefined);
        const numberOf = async ({ member }: FleetMachine) =>
          (await roster(database)).machines.find(({ machineId }) => machineId === member.machineId);
        const open = new Map<string, Replica>();
        const replica = (machine: FleetMachine, other: FleetMachine) => {
          const key = `${machine.member.machineId} ${other.member.machineId}`;
          const found = open.get(key) ?? new Replica(machine.folder, other.member.machineId);
          open.set(key, found);
          return found;
        };
        const shipped = async (machine: FleetMachine) => {
          const self = await numberOf(machine);
          assert.ok(self);
          await ship(machine.ledger.store, database, self.machine, self.position);
        };
        const pulled = async (machine: FleetMachine) => {
          for (const other of machines) {
            const known = await numberOf(other);
            if (other !== machine && known) await pull(database, known, replica(machine, other));
          }
        };
        for (const [second, { kind, machine: index, command, worker }] of deeds.entries()) {
          const machine = machines[index];
          const chosen = everyCommand[command];
          assert.ok(machine && chosen);
          if (kind === 'act') act(machine.ledger, { worker, command: chosen }, second);
          else if (kind === 'ship') await shipped(machine);
          else if (kind === 'pull') await pulled(machine);
          else {
            for (const each of open.values()) each.close();
            open.clear();
          }
        }
        for (const machine of machines) await shipped(machine);
        for (const machine of machines) await pulled(machine);
        await database.close();
        for (const each of open.values()) each.close();
        for (const machine of machines) {
          for (const other of machines) {
            if (other === machine) continue;
            const ledger = openLedger(replicaFile(machine.folder, other.member.machineId));
            assert.deepEqual(ledger.store.readAll({}), other.log());
            // A command that no caller would give may leave one, and then it is in both.
            assert.deepEqual(verifyLedger(ledger).divergences, verifyLedger(other.ledger).divergences);
            ledger.close();
          }
        }
      }),
      { numRuns: 15 },
    );
  });
});
