import { statSync } from 'node:fs';
import { askEach, type OtherMachine } from '../../../fleet/replicas/others.ts';
import { replicaFile } from '../../../fleet/replicas/replica.ts';
import type { Rows } from '../../../projections/reader.ts';
import { endedSessions, liveSessions, queuedSessions } from '../../../projections/sessions/queries.ts';
import { sessions } from '../../../projections/sessions/sessions.ts';
import { undelivered } from '../../../projections/undelivered.ts';
import { watchFaults } from '../../../projections/watch-faults.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { fleetViewIfAny } from '../../../workers/queries/fleet/machines.ts';
import { shifted } from '../../../workers/queries/fleet/times.ts';
import type { ListedWorker } from '../model/snapshot.ts';
import { workersOf } from './workers-of.ts';

/** Ended workers of each other machine that are listed: the newest. */
const MOST_ENDED = 5;

/** The workers of the other machines of the fleet. A log is read again only where its file has changed. */
export class OtherWorkers {
  #known = new Map<string, { stamp: string; workers: readonly ListedWorker[] }>();

  /** What was read last, with the names that the machines have now. */
  get workers(): readonly ListedWorker[] {
    return [...this.#known.values()].flatMap(({ workers }) => workers);
  }

  /** Reads what has changed; false if nothing has. */
  look(app: AppContext): boolean {
    const view = fleetViewIfAny(app);
    const machines = view?.others ?? [];
    const stamps = machines.map((machine) => stampOf(app.paths.fleet, machine));
    const changed = machines.filter(
      ({ machineId }, index) => this.#known.get(machineId)?.stamp !== stamps[index],
    );
    const gone = [...this.#known.keys()].filter((id) => !machines.some(({ machineId }) => machineId === id));
    for (const id of gone) this.#known.delete(id);
    const read = askEach(app.paths.fleet, changed, [sessions, watchFaults, undelivered], workersThere);
    for (const { machine, value } of read) {
      const stamp = stamps[machines.findIndex(({ machineId }) => machineId === machine.machineId)] ?? '';
      this.#known.set(machine.machineId, { stamp, workers: value ?? [] });
    }
    return changed.length > 0 || gone.length > 0;
  }
}

function workersThere(rows: Rows, { name, shiftMs }: OtherMachine): ListedWorker[] {
  const listed = [...liveSessions(rows), ...queuedSessions(rows), ...endedSessions(rows, MOST_ENDED)];
  return workersOf(rows, listed).map(({ session, since, ...worker }) => ({
    ...worker,
    machine: name,
    since: shifted(since, shiftMs),
    session: { ...session, created_at: shifted(session.created_at, shiftMs) },
  }));
}

/** What is written while the log is read changes it again. */
function stampOf(folder: string, { machineId, name, shiftMs }: OtherMachine): string {
  const file = replicaFile(folder, machineId);
  const parts = [file, `${file}-wal`].map((each) => {
    const found = statSync(each, { throwIfNoEntry: false });
    return found ? `${found.ino} ${found.size} ${found.mtimeMs}` : '';
  });
  return [name, shiftMs, ...parts].join('\n');
}
