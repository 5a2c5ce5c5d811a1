import { setTimeout as sleep } from 'node:timers/promises';
import type { UsageSample } from '../../agents/contract/limits/sample.ts';
import { providerOfKey } from '../../config/accounts.ts';
import type { Paths } from '../../config/paths.ts';
import { placeOfHome } from '../../fleet/place.ts';
import { addressOf } from '../../fleet/server/address.ts';
import { Database } from '../../fleet/server/connection.ts';
import type { Asker } from '../../fleet/server/leases.ts';
import { passwordFor } from '../../fleet/server/password.ts';
import { beginProbe, endProbe, type ProbedAccount } from '../../fleet/server/probes.ts';
import { readState } from '../../fleet/state-file.ts';
import type { Env } from '../../lib/process/environment.ts';
import { monotonic } from '../../lib/time/monotonic.ts';
import type { Member } from '../../machines/membership/decide.ts';
import { isGood } from '../../projections/usage/usage-summary.ts';
import { isSameAccount, type Login } from './account.ts';
import { asOurs, fetchedSample } from './fleet-sample.ts';

/** How long a fleet is waited for before a provider is asked as without one, in milliseconds. */
export interface Patience {
  database: number;
  /** While another machine asks. */
  asking: number;
  /** Until the log of a machine that has asked is here. */
  arriving: number;
}

const USUAL: Patience = { database: 300, asking: 5000, arriving: 1000 };
/** Whether another machine has its answer is asked this often while it asks, in milliseconds. */
const ASK_AGAIN_MS = 150;

/** The question for one account. */
export interface FleetQuestion {
  /** The key of the account here. */
  key: string;
  login: Login | null;
  /** The last good figures here. */
  last: UsageSample | undefined;
  /** How old an answer may be, in milliseconds. */
  fresh_ms: number;
  /** When it was asked, by the monotonic clock: an answer that another machine got since then is as new as one of ours. */
  asked: number;
  deadline_ms: number;
  now(): Date;
}

/** Asks for limits so that one machine of the fleet asks for an account at a time, and the others get its answer. */
export class FleetProbes {
  readonly #folder: string;
  readonly #asker: Asker;
  readonly #database: Promise<Database | null>;
  readonly #patience: Patience;
  readonly #ending: Promise<void>[] = [];

  private constructor(folder: string, asker: Asker, database: Promise<Database | null>, patience: Patience) {
    this.#folder = folder;
    this.#asker = asker;
    this.#database = database;
    this.#patience = patience;
  }

  /** Begins to connect; null while the watcher has no link to the database: then no answer of another would arrive. */
  static open(
    paths: Pick<Paths, 'home' | 'fleet'>,
    member: Member,
    env: Env,
    patience = USUAL,
  ): FleetProbes | null {
    if (readState(paths.fleet)?.link.state !== 'connected') return null;
    const database = connect(member, env, patience).catch(() => null);
    const asker = { machineId: member.machineId, place: placeOfHome(paths.home) };
    return new FleetProbes(paths.fleet, asker, database, patience);
  }

  /** The answer of another machine; null if this one is to ask. */
  async answer(question: FleetQuestion): Promise<UsageSample | null> {
    const probed = probedAccount(question.key, knownAccount(question));
    if (probed === null) return null;
    try {
      return await this.#answer(probed, question);
    } catch {
      // The database has ended the connection: as without a fleet.
      return null;
    }
  }

  async #answer(probed: ProbedAccount, question: FleetQuestion): Promise<UsageSample | null> {
    const { key, login, fresh_ms, asked, deadline_ms, now } = question;
    const patience = this.#patience;
    const database = await inTime(this.#database, patience.database);
    if (database === null) return null;
    const until = monotonic() + Math.min(patience.asking, deadline_ms / 2);
    for (;;) {
      const freshMs = Math.max(fresh_ms, monotonic() - asked);
      const turn = await inTime(beginProbe(database, this.#asker, { ...probed, freshMs }), patience.database);
      if (turn === null || turn.kind === 'ours') return null;
      if (turn.kind === 'answered') {
        const sample = await fetchedSample(this.#folder, probed, turn, monotonic() + patience.arriving);
        return sample && asOurs(sample, { key, login, now: now() }, turn);
      }
      if (monotonic() + ASK_AGAIN_MS >= until) return null;
      await sleep(ASK_AGAIN_MS);
    }
  }

  /** Says that this machine has asked, and up to which position its log has the answer. Waits for nothing. */
  ended(question: FleetQuestion, sample: UsageSample, position: number): void {
    const { key, login } = question;
    const isAnswer = isGood(sample) && !sample.stale;
    const account = knownAccount({ login, last: sample }) ?? knownAccount(question);
    const probed = probedAccount(key, account);
    if (probed === null) return;
    const end = async () => {
      const database = await this.#database;
      if (database) await endProbe(database, this.#asker, probed, isAnswer ? position : null);
    };
    this.#ending.push(end().catch(() => {}));
  }

  async close(): Promise<void> {
    await Promise.all(this.#ending);
    await (await this.#database)?.close();
  }
}

async function connect({ address: url }: Member, env: Env, { database }: Patience): Promise<Database> {
  const address = addressOf(url, env);
  const longest = Math.max(1000, database);
  return Database.connect(address, await passwordFor(address, env), {
    connectMs: longest,
    answerMs: longest,
  });
}

/** The hash of the account's own id, from the login or an earlier answer; null where only its folder is known. */
function knownAccount({ login, last }: Pick<FleetQuestion, 'login' | 'last'>): string | null {
  if (login === null) return null;
  if (login.id !== null) return login.id;
  if (!last || !isSameAccount(last, login)) return null;
  const account = last.account ?? null;
  return account === last.raw.login_folder ? null : account;
}

const probedAccount = (key: string, account: string | null): ProbedAccount | null =>
  account === null ? null : { provider: providerOfKey(key), account };

async function inTime<T>(promise: Promise<T>, forMs: number): Promise<T | null> {
  const late = new AbortController();
  try {
    return await Promise.race([promise, sleep(forMs, null, { signal: late.signal }).catch(() => null)]);
  } finally {
    late.abort();
  }
}
