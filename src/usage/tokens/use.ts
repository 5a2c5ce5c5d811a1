import { type Json, number } from '../values.ts';

/** The tokens of one answer of a model, as an agent wrote them down on this disk. */
export interface TokenUse {
  /** The same for copies of one answer: agents write some of them more than once. */
  key: string;
  /** Of two copies the one of higher rank holds. */
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
  /** All that came out, reasoning included. */
  output: number;
}

/** What a reader of a file has to remember to go on with it later; plain data. */
export type Memory = Json;

/** How the logs of one agent are found and read. Offline. */
export interface TokenLog {
  provider_id: string;
  /** Who sells the tokens, in the words of the list of prices. */
  vendor: string;
  roots(place: { env: Readonly<Record<string, string | undefined>>; home: string }): string[];
  isLog(name: string): boolean;
  /** A line without any of these is not parsed: most of a log is prose. */
  marks: readonly string[];
  /** Reads one line at a place that is its own; changes the memory. */
  read(line: Json, place: { file: string; offset: number }, memory: Memory): TokenUse | null;
}

/** A count of tokens, whatever stands in a log. */
export const count = (value: unknown): number => Math.max(0, Math.round(number(value) ?? 0));
