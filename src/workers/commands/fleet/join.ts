import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { compareLogs, refusalOf } from '../../../fleet/link/compare.ts';
import { localLog } from '../../../fleet/link/local-log.ts';
import { membershipIn } from '../../../fleet/membership.ts';
import { placeOfHome } from '../../../fleet/place.ts';
import type { Database } from '../../../fleet/server/connection.ts';
import { join, roster } from '../../../fleet/server/machines.ts';
import { FLEET_FORMAT } from '../../../fleet/server/schema.ts';
import { type Fleet, fleetIn, setUp } from '../../../fleet/server/set-up.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { packageVersion } from '../../../lib/package-root.ts';
import { shell } from '../../../lib/text/shell.ts';
import { FLEET_STREAM, type Member, membershipDecider } from '../../../machines/membership/decide.ts';
import type { AppContext } from '../../core/context.ts';
import { ensureWatcher } from '../../core/watcher/watcher-process.ts';
import { type AskPassword, withDatabase } from './database.ts';
import type { FleetJoin } from './schema.ts';

interface Joining {
  url: string;
  name: string | null;
  /** The files were moved here from another place. */
  moved: boolean;
}

/**
 * Makes this machine part of a fleet, or changes its name, its address or its place. The database is asked first: what
 * it refuses is not recorded.
 * @throws FLEET_NAME_INVALID, FLEET_NAME_TAKEN, FLEET_ALREADY_JOINED, FLEET_MOVED, FLEET_LOG_BEHIND, FLEET_LOG_DIVERGES,
 * and what a connection throws
 */
export async function joinFleet(
  app: AppContext,
  { url, name, moved }: Joining,
  ask: AskPassword,
): Promise<FleetJoin> {
  app.ledger.store.assertWritable();
  const joined = await withDatabase(url, { env: app.env, ask }, async ({ database, isTyped }) => {
    const { fleetId } = await fleetOf(database);
    const before = membershipIn(app.ledger.store);
    const member: Member = {
      fleetId,
      machineId: before?.machineId ?? randomUUID(),
      name: validName(name ?? before?.name ?? ownName()),
      address: database.address.url,
    };
    // The same decision as below, before the database is changed.
    decide(app, member);
    const place = placeOfHome(app.home);
    await assertSame(app, database, { member, place, moved });
    await join(database, { ...member, place, version: packageVersion() });
    const { events } = app.ledger.execute(
      membershipDecider,
      FLEET_STREAM,
      { kind: 'join', member },
      app.given(),
      app,
    );
    return {
      name: member.name,
      machine_id: member.machineId,
      fleet_id: fleetId,
      address: member.address,
      changed: events.length > 0,
      needs_password_file: isTyped,
    };
  });
  ensureWatcher(app);
  return joined;
}

/** Throws the rejection. */
function decide(app: AppContext, member: Member): void {
  const decision = membershipDecider.decide(
    membershipIn(app.ledger.store),
    { kind: 'join', member },
    app.given(),
  );
  if (decision.accepted) return;
  const { code, message, details } = decision.rejection;
  throw new AgentPoolError(code, message, details);
}

/** The fleet of the database. The first machine that may makes its tables. */
async function fleetOf(database: Database): Promise<Fleet> {
  const fleet = await fleetIn(database);
  if (fleet?.format === FLEET_FORMAT) return fleet;
  try {
    return await setUp(database);
  } catch (error) {
    if (!(error instanceof AgentPoolError) || error.code !== 'FLEET_REFUSED') throw error;
    const { url, user } = database.address;
    throw new AgentPoolError(
      'FLEET_NOT_SET_UP',
      `The tables at ${url} are missing or of an earlier format, and ${user} may not make them.`,
      { address: url, example: shell`agentpool fleet init ${url} --member ${user}` },
      { cause: error },
    );
  }
}

/** Makes sure that what the database has of this machine is the beginning of its log, and was shared from here. */
async function assertSame(
  app: AppContext,
  database: Database,
  { member, place, moved }: { member: Member; place: string; moved: boolean },
): Promise<void> {
  const { machines } = await roster(database);
  const known = machines.find(({ machineId }) => machineId === member.machineId);
  if (!known) return;
  const comparison = compareLogs(localLog(app.ledger.store), known);
  if (comparison.kind !== 'goes_on') {
    const { code, why } = refusalOf(comparison);
    const { name } = known;
    throw new AgentPoolError(code, `${name} cannot join: ${why}.`, {
      name,
      example: 'agentpool fleet leave',
    });
  }
  if (known.place !== place && !moved)
    throw new AgentPoolError(
      'FLEET_MOVED',
      `The log of ${known.name} was shared from another place. If its files were moved here, say so with --moved; if they are also in use there, let this copy join as another machine.`,
      { name: known.name, example: shell`agentpool fleet join ${database.address.url} --moved` },
    );
}

const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,62}$/u;

/** @throws FLEET_NAME_INVALID */
function validName(name: string): string {
  if (NAME.test(name)) return name;
  throw new AgentPoolError(
    'FLEET_NAME_INVALID',
    `A machine cannot be called ${JSON.stringify(name)}: letters, digits, '.', '_' and '-', at most 63, beginning with a letter or a digit.`,
    { name, example: shell`agentpool fleet join URL --name ${ownName()}` },
  );
}

/** The name of the host without its domain. */
function ownName(): string {
  const name = (hostname().split('.')[0] ?? '').replace(/[^\p{L}\p{N}._-]/gu, '-').slice(0, 63);
  return NAME.test(name) ? name : 'machine';
}
