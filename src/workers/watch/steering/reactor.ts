import type { EventOf, LedgerEvent } from '../../../events/catalogue/index.ts';
import { keepReserve, spendReserve } from '../../../events/store/reserve.ts';
import { replicaFile, replicatedMachines } from '../../../fleet/replicas/replica.ts';
import type { Database } from '../../../fleet/server/connection.ts';
import { readState } from '../../../fleet/state-file.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { monotonic } from '../../../lib/time/monotonic.ts';
import type { Member, Membership } from '../../../machines/membership/decide.ts';
import { type SteeringCommand, steeringDecider, steeringStream } from '../../../machines/steering/decide.ts';
import { openReader } from '../../../projections/reader.ts';
import { sessionById } from '../../../projections/sessions/queries.ts';
import {
  lastDecided,
  requestsOf,
  type SteeringDecision,
  type SteeringOutcome,
  type SteeringRequest,
  unfinishedSteering,
} from '../../../projections/steering/queries.ts';
import { steering } from '../../../projections/steering/steering.ts';
import { redactedMessage } from '../../../workspace/redaction/redacted-message.ts';
import { redactDeep } from '../../../workspace/redaction/redaction.ts';
import { type AppContext, reloadConfig } from '../../core/context.ts';
import type { WatchContext } from '../../core/record.ts';
import type { WatcherCallbacks } from '../reactors/watcher-callbacks.ts';
import { outcomeFound } from './unfinished.ts';

/** When a database that does not say how old a request is is asked again, in milliseconds. */
const AGAIN_MS = 1000;
/** How long to look for what came of a request whose watcher was ended, in milliseconds, and how often. */
const FOUND_WITHIN_MS = 60_000;
const LOOK_MS = 500;
/** Requests of one machine that are read at once. */
const BATCH = 100;
/** Requests that are carried out at once; others wait for their decision, and may expire. */
const MOST_AT_ONCE = 16;

/**
 * Whose workers those are that other machines start: one coordinator for all of them, so that
 * `policy.max_parallel_sessions` limits what the whole fleet may start here.
 */
const FLEET_COORDINATOR = 'fleet';

/**
 * Decides on what other machines ask of this one, in the order of their logs, and carries it out: the decision is
 * appended first, so that nothing is done twice, and then the outcome.
 */
export class SteeringReactor {
  readonly #app: WatchContext;
  readonly #on: WatcherCallbacks;
  #member: Membership = null;
  /** Machines that may have asked for something since it was last looked. */
  readonly #due = new Set<string>();
  #dueAt = Number.NEGATIVE_INFINITY;
  #deciding: Promise<void> | null = null;
  readonly #running = new Map<string, Promise<void>>();
  #lookAt = Number.NEGATIVE_INFINITY;
  readonly #lookedSince = new Map<string, number>();
  #closed = false;

  constructor(app: WatchContext, on: WatcherCallbacks) {
    this.#app = app;
    this.#on = on;
  }

  /** From now on this is the membership; null if there is none. */
  follow(member: Membership): void {
    this.#member = member;
    if (member) this.asked(replicatedMachines(this.#app.paths.fleet));
  }

  /** These machines have asked for something, perhaps of this one. */
  asked(machineIds: readonly string[]): void {
    for (const id of machineIds) this.#due.add(id);
    if (machineIds.length > 0) this.#on.wake();
  }

  /** Does what can be done now; returns in how many milliseconds to look again. */
  step(): number {
    if (this.#closed) return Number.POSITIVE_INFINITY;
    if (monotonic() >= this.#lookAt) this.#lookAt = monotonic() + this.#finishCutShort();
    const times = [this.#lookAt];
    if (this.#member && this.#due.size > 0 && !this.#deciding) {
      if (monotonic() >= this.#dueAt) this.#begin(this.#member);
      else times.push(this.#dueAt);
    }
    return Math.min(...times) - monotonic();
  }

  /** Ends it: what is being carried out is finished. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#deciding;
    await Promise.all(this.#running.values());
  }

  #begin(member: Member): void {
    const due = [...this.#due];
    this.#due.clear();
    this.#deciding = this.#decideAll(member, due)
      .catch((error) => {
        this.#on.fault('what other machines ask for cannot be decided', error);
        this.#again(due);
      })
      .finally(() => {
        this.#deciding = null;
        this.#on.wake();
      });
  }

  #again(machineIds: readonly string[]): void {
    for (const id of machineIds) this.#due.add(id);
    this.#dueAt = monotonic() + AGAIN_MS;
  }

  async #decideAll(member: Member, due: readonly string[]): Promise<void> {
    const asking = due
      .map((machineId) => ({ machineId, requests: this.#requestsOf(machineId, member) }))
      .filter(({ requests }) => requests.length > 0);
    if (asking.length === 0) return;
    // What its owner has allowed or forbidden a moment ago counts.
    await reloadConfig(this.#app);
    const { withDatabase } = await import('../../commands/fleet/database.ts');
    await withDatabase(member.address, this.#app, async ({ database }) => {
      for (const { machineId, requests } of asking) {
        for (const request of requests)
          if (!(await this.#decideNext(member, database, machineId, request))) return this.#again(due);
        if (requests.length === BATCH) this.#due.add(machineId);
      }
    });
  }

  /** What a machine asks of this one and was not decided. */
  #requestsOf(machineId: string, member: Member): SteeringRequest[] {
    const { paths, ledger } = this.#app;
    const reader = openReader(replicaFile(paths.fleet, machineId), [steering]);
    if (!reader) {
      // The link is bringing its tables up to date.
      this.#again([machineId]);
      return [];
    }
    try {
      return requestsOf(reader, member.machineId, { after: lastDecided(ledger, machineId), limit: BATCH });
    } finally {
      reader.close();
    }
  }

  /** False if it cannot be decided now: the ones behind it wait too. */
  async #decideNext(
    member: Member,
    database: Database,
    machineId: string,
    request: SteeringRequest,
  ): Promise<boolean> {
    if (this.#closed) return false;
    while (this.#running.size >= MOST_AT_ONCE) await Promise.race(this.#running.values());
    const { ageOf } = await import('../../../fleet/server/logs.ts');
    const { position, requested_at: occurred_at } = request;
    const ageMs = await ageOf(database, machineId, { position, occurred_at });
    // A database that was set back gets it again.
    if (ageMs === null) return false;
    const { ledger, config, given, paths } = this.#app;
    const { ask, request_id, valid_for_ms, withdrawn } = request;
    const { coordinator, actor } = request.asked_by;
    const from_machine = nameOf(paths.fleet, machineId);
    keepReserve(paths.ledger);
    const [decision] = this.#append(request_id, {
      kind: 'decide',
      request: {
        request_id,
        from_machine_id: machineId,
        from_machine,
        position,
        asked_by: { coordinator: shortName(coordinator), actor: shortName(actor) },
        ask: ask.kind,
        valid_for_ms,
        withdrawn,
      },
      circumstances: {
        accepts: config.fleet.accept,
        ageMs,
        sessionId: ask.kind === 'spawn' ? given().newId() : (sessionById(ledger, ask.session_id)?.id ?? null),
        machine: member.name,
      },
    });
    if (decision?.type === 'steering.refused')
      this.#on.log(`fleet: refuses ${ask.kind} of ${from_machine} (${decision.data.code})`);
    if (decision?.type === 'steering.accepted') this.#run(decision, ask);
    return true;
  }

  #run(accepted: EventOf<'steering.accepted'>, ask: SteeringRequest['ask']): void {
    const { request_id, from_machine, session_id } = accepted.data;
    this.#on.log(`fleet: does what ${from_machine} asks for: ${ask.kind} ${session_id}`);
    const running = this.#carryOut(accepted, ask)
      .catch((error) => {
        this.#on.fault(`the outcome of ${ask.kind} ${session_id} is not recorded`, error);
        this.#lookAt = monotonic() + LOOK_MS;
      })
      .finally(() => {
        this.#running.delete(request_id);
        this.#on.wake();
      });
    this.#running.set(request_id, running);
  }

  async #carryOut(
    { event_id, data }: EventOf<'steering.accepted'>,
    ask: SteeringRequest['ask'],
  ): Promise<void> {
    const { request_id, from_machine_id, from_machine, session_id, asked_by } = data;
    const app: AppContext = {
      ...this.#app,
      coordinator: FLEET_COORDINATOR,
      cause: { eventId: event_id, notes: { asked_by: { machine: from_machine, ...asked_by } } },
    };
    const { carryOut } = await import('../../commands/steering/carry-out.ts');
    const outcome = await carryOut(app, ask, session_id).then(
      (result): SteeringOutcome => ({ result: { ...result }, error: null }),
      (error: unknown): SteeringOutcome => ({ result: null, error: errorOf(error) }),
    );
    this.#finish({ request_id, from_machine_id }, outcome);
  }

  #finish(
    { request_id, from_machine_id }: Pick<SteeringDecision, 'request_id' | 'from_machine_id'>,
    outcome: SteeringOutcome,
  ): void {
    const command: SteeringCommand = {
      kind: 'finish',
      requestId: request_id,
      fromMachineId: from_machine_id,
      // As JSON has it: a key without a value is none.
      outcome: JSON.parse(JSON.stringify(redactDeep(outcome))) as SteeringOutcome,
    };
    try {
      this.#append(request_id, command);
    } catch (error) {
      const isFull = error instanceof AgentPoolError && error.code === 'LEDGER_DISK_FULL';
      if (!isFull || !spendReserve(this.#app.paths.ledger)) throw error;
      this.#append(request_id, command);
    }
  }

  #append(requestId: string, command: SteeringCommand): LedgerEvent[] {
    const { ledger, given, actor, guard } = this.#app;
    return ledger.store.transaction(() => {
      guard?.();
      const options = { actor, correlationId: requestId };
      return ledger.execute(steeringDecider, steeringStream(requestId), command, given(), options).events;
    });
  }

  /** Gives requests an outcome that an earlier watcher has accepted; returns in how many milliseconds to look again. */
  #finishCutShort(): number {
    const open = unfinishedSteering(this.#app.ledger).filter(
      ({ request_id }) => !this.#running.has(request_id),
    );
    let isAnyOpen = false;
    for (const decision of open) {
      const since = this.#lookedSince.get(decision.request_id) ?? monotonic();
      this.#lookedSince.set(decision.request_id, since);
      try {
        const outcome = outcomeFound(this.#app, decision, {
          isOver: monotonic() - since >= FOUND_WITHIN_MS,
        });
        if (outcome) {
          this.#finish(decision, outcome);
          this.#lookedSince.delete(decision.request_id);
        }
        isAnyOpen ||= outcome === null;
      } catch (error) {
        this.#on.fault(`what came of request ${decision.request_id} is not known`, error);
        isAnyOpen = true;
      }
    }
    return isAnyOpen ? LOOK_MS : Number.POSITIVE_INFINITY;
  }
}

/** Names that come from another machine are stored with every event of the effect. */
const shortName = (name: string): string => name.slice(0, 100);

const nameOf = (folder: string, machineId: string): string =>
  readState(folder)?.machines.find(({ machine_id }) => machine_id === machineId)?.name ?? machineId;

function errorOf(error: unknown): SteeringOutcome['error'] {
  const known = error instanceof AgentPoolError;
  return {
    code: known ? error.code : 'INTERNAL_ERROR',
    message: redactedMessage(error),
    details: known ? error.details : {},
  };
}
