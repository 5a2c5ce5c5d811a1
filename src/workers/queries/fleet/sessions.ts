import { askEach } from '../../../fleet/replicas/others.ts';
import type { Rows } from '../../../projections/reader.ts';
import { sessionJson } from '../../../projections/sessions/json.ts';
import { listPlaces, type SessionPlace, sessionsAt } from '../../../projections/sessions/list.ts';
import { lostSteps } from '../../../projections/sessions/lost.ts';
import { queuePlaces, type SessionRow } from '../../../projections/sessions/queries.ts';
import type { Session, SessionList } from '../../../projections/sessions/schema.ts';
import { sessions } from '../../../projections/sessions/sessions.ts';
import { troublesIn } from '../../../projections/troubles.ts';
import { undelivered } from '../../../projections/undelivered.ts';
import { watchFaults } from '../../../projections/watch-faults.ts';
import type { AppContext } from '../../core/context.ts';
import { withFiles } from '../../core/sessions/session-files.ts';
import { filterOf, pageOf, type SessionListRequest } from '../../core/sessions/session-list.ts';
import { type FleetView, fleetView, seenMachines } from './machines.ts';
import { type ItemOrigin, mergedPage } from './merge.ts';
import { shifted, shiftedOrNull } from './times.ts';

const READ = [sessions, watchFaults, undelivered];

/** A session of a list of all machines. */
export interface ListedSession {
  machine: string;
  /** Whether it is one of this machine. */
  isHere: boolean;
  /** What to add to its times for the clock of this machine, in milliseconds. */
  shiftMs: number;
  row: SessionRow;
  troubles: ReturnType<ReturnType<typeof troublesIn>>;
  /** Its place in the queue of its machine; null where it does not wait. */
  place: number | null;
}

/** One page of the sessions of all machines, newest first, each read from the log of its machine. */
export interface ListedSessions extends Pick<SessionList, 'pagination' | 'scope'> {
  listed: ListedSession[];
  machines: NonNullable<SessionList['machines']>;
}

/**
 * The sessions of every machine and every coordinator: whose they are is known to one machine only. Newer is what was
 * requested later, by one clock.
 * @throws FLEET_NOT_JOINED
 */
export function sessionsOfAllMachines(app: AppContext, request: SessionListRequest): ListedSessions {
  const view = fleetView(app);
  const filter = filterOf({ ...request, all: true }, app.coordinator);
  const { limit, offset } = filter;
  const first = { ...filter, limit: offset + limit, offset: 0 };
  const own = listPlaces(app.ledger, first);
  const others = askEach(view.folder, view.others, READ, (rows) => listPlaces(rows, first));
  const places = [own.places, ...others.map(({ value }) => value?.places ?? [])];
  const page = mergedPage(
    places.map((list, index) => dated(list, shiftOf(view, index))),
    filter,
  );
  const total = others.reduce((sum, { value }) => sum + (value?.total ?? 0), own.total);
  return {
    listed: readPage(app, view, places, page),
    pagination: pageOf(page.length, total, { limit, offset }),
    scope: { coordinator_id: app.coordinator, current_coordinator_only: false, all_machines: true },
    machines: seenMachines(view, others),
  };
}

/** The list at 0 is that of this machine. */
const shiftOf = ({ others }: FleetView, list: number): number => others[list - 1]?.shiftMs ?? 0;

const dated = (places: readonly SessionPlace[], shiftMs: number) =>
  places.map(({ created_at }) => ({ at: Date.parse(created_at) + shiftMs }));

/** Reads the rows of a page, opening only the logs that it has any of. */
function readPage(
  app: AppContext,
  view: FleetView,
  places: readonly (readonly SessionPlace[])[],
  page: readonly ItemOrigin[],
): ListedSession[] {
  const positions = places.map((): number[] => []);
  for (const { list, index } of page) positions[list]?.push(places[list]?.[index]?.position ?? 0);
  const machines = view.others.filter((_, index) => positions[index + 1]?.length);
  const found = new Map<string, Map<number, ListedSession>>();
  const { self } = view;
  const here = { machine: self.name, isHere: true, shiftMs: 0 };
  found.set(self.machine_id, rowsAt(app.ledger, positions[0] ?? [], here));
  askEach(view.folder, machines, READ, (rows, machine) => {
    const { name, shiftMs, machineId } = machine;
    const there = { machine: name, isHere: false, shiftMs };
    found.set(machineId, rowsAt(rows, positions[view.others.indexOf(machine) + 1] ?? [], there));
  });
  return page.flatMap(({ list, index }) => {
    const machineId = view.others[list - 1]?.machineId ?? self.machine_id;
    return found.get(machineId)?.get(places[list]?.[index]?.position ?? 0) ?? [];
  });
}

function rowsAt(
  rows: Rows,
  positions: readonly number[],
  where: Pick<ListedSession, 'machine' | 'isHere' | 'shiftMs'>,
): Map<number, ListedSession> {
  if (positions.length === 0) return new Map();
  const troubles = troublesIn(rows);
  const queue = queuePlaces(rows);
  return new Map(
    sessionsAt(rows, positions).map((row) => [
      row.position,
      { ...where, row, troubles: troubles(row.id), place: queue.get(row.id) ?? null },
    ]),
  );
}

/** What `agentpool sessions --all-machines --json` prints, and the places in the queues by the ids of sessions. */
export function sessionListOfAllMachines(
  app: AppContext,
  request: SessionListRequest,
): { list: SessionList; places: Map<string, number> } {
  const { listed, machines, ...rest } = sessionsOfAllMachines(app, request);
  const next = lostSteps(app.ledger);
  return {
    list: {
      sessions: listed.map((session) => listedJson(app, session)),
      ...rest,
      machines,
      ...(next.length > 0 ? { next } : {}),
    },
    places: new Map(listed.flatMap(({ row, place }) => (place === null ? [] : [[row.id, place] as const]))),
  };
}

function listedJson(
  { paths }: AppContext,
  { row, troubles, isHere, machine, shiftMs }: ListedSession,
): Session {
  const { id, ...session } = sessionJson(isHere ? withFiles(paths.artifacts, row) : row, troubles);
  return { id, machine, ...atThisClock(session, shiftMs) };
}

type Times = Pick<Session, 'created_at' | 'updated_at' | 'ended_at' | 'deadline_at' | 'parked' | 'queued'>;

/** A session of another machine with its times by the clock of this one. The reset of a limit is of no machine's clock. */
export function atThisClock<S extends Times>(session: S, ms: number): S {
  if (ms === 0) return session;
  const { created_at, updated_at, ended_at, deadline_at, parked, queued } = session;
  return {
    ...session,
    created_at: shifted(created_at, ms),
    updated_at: shifted(updated_at, ms),
    ended_at: shiftedOrNull(ended_at, ms),
    deadline_at: shiftedOrNull(deadline_at, ms),
    parked: parked && {
      ...parked,
      check_at: shifted(parked.check_at, ms),
      give_up_at: shiftedOrNull(parked.give_up_at, ms),
    },
    queued: queued && {
      ...queued,
      not_before: shiftedOrNull(queued.not_before, ms),
      expires_at: shiftedOrNull(queued.expires_at, ms),
    },
  };
}
