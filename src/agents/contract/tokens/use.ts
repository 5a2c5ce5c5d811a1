import { type Json, number } from '../limits/values.ts';

/** The tokens of one answer of a model, as an agent wrote them down on this disk. */
export interface TokenUse {
  /** The same for copies of one answer: agents write some of them more than once. */
  key: string;
  /** Of two copies the one of higher rank holds; of equal ones the earlier. */
  rank: number;
  /** ISO 8601, UTC. */
  at: string;
  model: string | null;
  /** The folder that the agent worked in. */
  project: string | null;
  /** The agent's own id of its session. */
  session: string | null;
  /** All that went in, what came from a cache and what was written to one included. */
  input: number;
  cache_read: number;
  cache_write: number;
  /** What of that was written for an hour, at another price. */
  cache_write_1h?: number;
  /** In a mode with another price: `fast`. */
  speed?: string;
  /** All that came out, reasoning included. */
  output: number;
}

/** An answer as one line of a log reports it. */
export interface Sighting extends TokenUse {
  /**
   * Set where one line alone does not identify the answer. All sightings of a family, from all logs, are then stored,
   * and `TokenLog.settle` decides which answers they are.
   */
  family?: string;
  /** A name that other logs give as their family, not knowing of which family this one is: both are then one. */
  member?: string;
  /** What `settle` decides by. Plain data. */
  facts?: Json;
}

/** A sighting with its time as the log has it, in whatever form: the index stores none that is not valid. */
export type Logged = Omit<Sighting, 'at'> & { at: unknown };

/** What a reader of a file has to remember to go on with it later; plain data. */
export type Memory = Json;

/** A log as it is read from where the last reader stopped. */
export interface LogReading {
  /** It is not the file that was read before: it was read from its beginning. */
  isNewFile: boolean;
  uses: Iterable<Logged>;
  /** What to remember; whole once all `uses` were taken. */
  memory: Memory;
  /** What of it could not be read, in words; known once all `uses` were taken. */
  faults?: () => string[];
}

/** What a compressed file holds. Throws on data that is damaged or cut off. */
export type Unpack = (data: Uint8Array) => Uint8Array;

/** How the logs of one agent are found and read. Offline. */
export interface TokenLog {
  provider_id: string;
  /** The session of a worker bears the id of `agentSessionId`. */
  named?: true;
  /** Who sells the tokens, in the words of the list of prices; null: the maker of the model. */
  vendor: string | null;
  roots(place: { env: Readonly<Record<string, string | undefined>>; home: string }): string[];
  /** Whether logs also lie in the folders of a root. */
  nested: boolean;
  isLog(name: string): boolean;
  /** Files beside a log, by the end of their name, that change when it is written. */
  beside?: readonly string[];
  /** How logs are read that the agent has compressed. The function is loaded when there is such a log. */
  packed?: { isPacked(path: string): boolean; load(): Promise<Unpack> };
  /**
   * @param memory of the last reader; empty for a file that was never read
   * @param unpack for a compressed log
   */
  open(path: string, memory: Memory, unpack?: Unpack): LogReading;
  /**
   * The answers that all sightings of one family are of, each with a key that no other answer has. Pure, and the same
   * in whatever order they are given.
   */
  settle?(sightings: readonly Sighting[]): TokenUse[];
}

/** More than any answer can take, and little enough to be added up. */
const MOST = 1e12;

/** A count of tokens from whatever a log has in its place; 0 for what is none. */
export function count(value: unknown): number {
  const parsed = Math.round(number(value) ?? 0);
  return parsed > 0 && parsed < MOST ? parsed : 0;
}

/** The order of sightings in time; equal times in an order that does not depend on the logs. */
export const byTime = (a: TokenUse, b: TokenUse): number =>
  a.at < b.at ? -1 : a.at > b.at ? 1 : a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
