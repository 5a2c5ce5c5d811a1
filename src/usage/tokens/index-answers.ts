import type { Sighting, TokenLog, TokenUse } from '../../agents/contract/tokens/use.ts';
import { providerOfKey } from '../../config/accounts.ts';
import type { Connection } from '../../events/store/connection.ts';
import { noteWorktrees } from './projects.ts';

const ANSWER = [
  'rank',
  'at',
  'model',
  'project',
  'session',
  'input',
  'cache_read',
  'cache_write',
  'output',
] as const;

/** Of two copies of one answer, the one that holds. */
const IS_BETTER = '(excluded.rank > rank OR (excluded.rank = rank AND excluded.at < at))';

const COLUMNS = ['provider_id', 'key', 'file', 'family', 'usd', ...ANSWER];
const INSERT_USE = `INSERT INTO uses (${COLUMNS}) VALUES (${COLUMNS.map(() => '?')})
  ON CONFLICT DO UPDATE SET (${COLUMNS.slice(2)}) = (${COLUMNS.slice(2).map((name) => `excluded.${name}`)})
  WHERE ${IS_BETTER}`;

const INSERT_SIGHTING = `INSERT INTO sightings VALUES (?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET rank = excluded.rank, at = excluded.at, file = excluded.file,
    sighting = excluded.sighting WHERE ${IS_BETTER}`;

export type Price = typeof import('./price.ts').priceOf;

type Stored = TokenUse & { file: string };

/** Writes answers into the index. What a log once reported stays in it. */
export class AnswerWriter {
  readonly #connection: Connection;
  readonly #price: Price;
  /** The families with new sightings, of each agent's logs. */
  readonly #touched = new Map<TokenLog, Set<string>>();
  readonly #folders = new Set<string>();

  /** The keys of all accounts whose logs are read, the default ones first. */
  readonly #accounts: readonly string[];

  constructor(connection: Connection, price: Price, accounts: Iterable<string>) {
    this.#connection = connection;
    this.#price = price;
    this.#accounts = [...new Set(accounts)].sort();
  }

  add(log: TokenLog, file: string, logged: Sighting): void {
    // Some programs that start an agent end the name of its folder with a slash.
    const project = logged.project?.replace(/(?<=[^:/\\])[/\\]+$/, '') ?? null;
    const sighting = { ...logged, project };
    if (project !== null) this.#folders.add(project);
    const rank = Number.isFinite(sighting.rank) ? sighting.rank : 0;
    if (sighting.family === undefined) {
      this.#insert(log, { ...sighting, rank, file }, null);
      return;
    }
    const { key, at, member = null } = sighting;
    const family = this.#rootOf(log, sighting.family);
    const { changes } = this.#connection
      .prepare(INSERT_SIGHTING)
      .run(log.provider_id, family, key, rank, at, file, member, JSON.stringify(sighting));
    if (changes === 0) return;
    const touched = this.#touched.get(log) ?? new Set();
    this.#touched.set(log, touched.add(family));
  }

  /** Brings the answers of all families with new sightings up to date, and notes which folders are worktrees. */
  settle(): void {
    for (const [log, families] of this.#touched) {
      for (const family of families) this.#join(log, family);
      for (const family of new Set([...families].map((each) => this.#rootOf(log, each))))
        this.#settle(log, family);
    }
    this.#touched.clear();
    noteWorktrees(this.#connection, this.#folders);
  }

  /** The family of which a sighting is a member that bears the name of this one; or itself. */
  #rootOf({ provider_id }: TokenLog, family: string): string {
    // Two ranges of the index: a session may have thousands of sightings in its own family.
    const [before, after] = ['<', '>'].map((side) =>
      this.#connection.prepare<string[], { family: string }>(
        `SELECT family FROM sightings WHERE provider_id = ? AND member = ? AND family ${side} ? LIMIT 1`,
      ),
    );
    const above = (name: string) =>
      before?.get(provider_id, name, name) ?? after?.get(provider_id, name, name);
    const passed = new Set<string>();
    let root = family;
    for (let next = above(root); next && !passed.has(next.family); ) {
      passed.add(root);
      root = next.family;
      next = above(root);
    }
    return root;
  }

  /** Makes the families one that are named by members of this one. */
  #join(log: TokenLog, family: string): void {
    const { provider_id } = log;
    const members = this.#connection
      .prepare<string[], { member: string }>(
        'SELECT DISTINCT member FROM sightings WHERE provider_id = ? AND family = ? AND member <> family',
      )
      .all(provider_id, family);
    for (const { member } of members) {
      const { changes } = this.#connection
        .prepare('UPDATE OR IGNORE sightings SET family = ? WHERE provider_id = ? AND family = ?')
        .run(family, provider_id, member);
      if (changes === 0) continue;
      for (const table of ['sightings', 'uses'])
        this.#connection
          .prepare(`DELETE FROM ${table} WHERE provider_id = ? AND family = ?`)
          .run(provider_id, member);
      this.#join(log, family);
      return;
    }
  }

  #settle(log: TokenLog, family: string): void {
    const rows = this.#connection
      .prepare('SELECT file, sighting FROM sightings WHERE provider_id = ? AND family = ?')
      .all(log.provider_id, family) as { file: string; sighting: string }[];
    const sightings = rows.map(({ file, sighting }) => ({
      ...(JSON.parse(sighting) as Sighting),
      family,
      file,
    }));
    const answers = (log.settle?.(sightings) ?? sightings) as Stored[];
    const settled = new Map(answers.map((answer) => [answer.key, answer]));
    const before = this.#connection
      .prepare('SELECT * FROM uses WHERE provider_id = ? AND family = ?')
      .all(log.provider_id, family) as Stored[];
    for (const old of before) {
      const now = settled.get(old.key);
      if (now && ANSWER.every((name) => old[name] === now[name])) settled.delete(old.key);
      else
        this.#connection
          .prepare('DELETE FROM uses WHERE provider_id = ? AND key = ?')
          .run(log.provider_id, old.key);
    }
    for (const answer of settled.values()) this.#insert(log, answer, family);
  }

  /** An answer whose log was copied into the folder of another account counts once, for the first of them. */
  #insert({ provider_id, vendor }: TokenLog, answer: Stored, family: string | null): void {
    const accounts = this.#accounts.filter((key) => providerOfKey(key) === providerOfKey(provider_id));
    const place = accounts.indexOf(provider_id);
    const holder = accounts.slice(0, Math.max(0, place)).find((key) => this.#has(key, answer, family));
    if (holder !== undefined && family !== null) return;
    for (const key of accounts.slice(place + 1))
      if (this.#has(key, answer, family))
        this.#connection.prepare('DELETE FROM uses WHERE provider_id = ? AND key = ?').run(key, answer.key);
    this.#connection
      .prepare(INSERT_USE)
      .run(
        ...[holder ?? provider_id, answer.key, answer.file, family, this.#price(answer, vendor)],
        ...ANSWER.map((name) => answer[name]),
      );
  }

  /** Whether an account has the same answer. Two families of one name may be of different answers. */
  #has(provider_id: string, { key, at, input }: Stored, family: string | null): boolean {
    const known = this.#connection
      .prepare('SELECT at, input FROM uses WHERE provider_id = ? AND key = ?')
      .get(provider_id, key) as Pick<Stored, 'at' | 'input'> | undefined;
    return known !== undefined && (family === null || (known.at === at && known.input === input));
  }
}
