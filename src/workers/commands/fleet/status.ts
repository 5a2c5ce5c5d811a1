import { memberIn } from '../../../fleet/membership.ts';
import { replicaPosition } from '../../../fleet/replicas/replica.ts';
import { knownMachine, roster } from '../../../fleet/server/machines.ts';
import { type FleetState, type KnownMachine, readState } from '../../../fleet/state-file.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import type { Member } from '../../../machines/membership/decide.ts';
import type { AppContext } from '../../core/context.ts';
import { isWatched } from '../../core/liveness.ts';
import { withDatabase } from './database.ts';
import type { FleetLink, FleetMachine, FleetStatus } from './schema.ts';

/**
 * The fleet as its database knows it now; what was last known of it where the database does not answer.
 * @throws FLEET_NOT_JOINED
 */
export async function fleetStatus(app: AppContext): Promise<FleetStatus> {
  const member = memberIn(app.ledger.store);
  const state = readState(app.paths.fleet);
  const asked = await ask(app, member, state);
  return {
    name: member.name,
    machine_id: member.machineId,
    fleet_id: member.fleetId,
    address: member.address,
    link: linkOf(app, state),
    asked_at: asked.at,
    database_error: asked.error,
    machines: asked.machines.map((machine) => machineOf(app, member, machine, asked.at)),
  };
}

interface Asked {
  at: string | null;
  machines: readonly KnownMachine[];
  error: FleetStatus['database_error'];
}

async function ask(app: AppContext, { address }: Member, state: FleetState | null): Promise<Asked> {
  const faults = new Map(state?.machines.map(({ machine_id, fault }) => [machine_id, fault]));
  try {
    const { machines, now } = await withDatabase(address, app, ({ database }) => roster(database));
    return {
      at: app.given().now.toISOString(),
      machines: machines.map((each) => knownMachine(each, now, faults.get(each.machineId) ?? null)),
      error: null,
    };
  } catch (error) {
    if (!(error instanceof AgentPoolError)) throw error;
    const { code, message } = error;
    return { at: state?.asked_at ?? null, machines: state?.machines ?? [], error: { code, message } };
  }
}

/** What the watcher has last written of its link; nothing of that holds while none runs. */
function linkOf(app: AppContext, state: FleetState | null): FleetLink {
  if (state === null || !isWatched(app.ledger, app.paths))
    return { state: 'off', since: null, listens: false, error: null };
  return state.link;
}

function machineOf(
  app: AppContext,
  member: Member,
  { machine_id, name, version, position, seen_ms_ago, clock_ahead_ms, has_left, fault }: KnownMachine,
  askedAt: string | null,
): FleetMachine {
  const isThis = machine_id === member.machineId;
  const here = isThis ? app.ledger.store.lastPosition() : replicaPosition(app.paths.fleet, machine_id);
  const now = app.given().now.getTime();
  // A clock that was set back must not show a machine in the future.
  const msAgo = Math.max(0, now - Date.parse(askedAt ?? '') || 0) + Math.round(seen_ms_ago);
  return {
    name,
    machine_id,
    this_machine: isThis,
    version,
    last_seen: new Date(now - msAgo).toISOString(),
    last_seen_ms_ago: msAgo,
    clock_ahead_ms,
    position,
    position_here: here,
    lag: Math.max(0, isThis ? here - position : position - here),
    has_left,
    fault,
  };
}
