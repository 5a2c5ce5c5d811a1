import Type, { type Static } from 'typebox';
import { count, noted, text } from '../../lib/shapes.ts';
import type { StoredEvent } from '../event.ts';
import type { Connection } from './connection.ts';
import { chainHash, GENESIS, hashVersion } from './hash.ts';

export const LogFault = Type.Object(
  {
    position: noted(count, 'The first faulty position.'),
    reason: text,
  },
  { title: 'LogFault' },
);
export type LogFault = Static<typeof LogFault>;

export interface LogVerification {
  events: number;
  last_position: number;
  /** The hash of the last event: the whole log in 32 bytes. */
  head: string;
  fault: LogFault | null;
}

/** Where a check begins that takes the events before as they are. */
export interface ChainStart {
  position: number;
  hash: Buffer;
  /** The version of a stream at that position; 0 without events. */
  versionOf(stream: string): number;
}

const BEGINNING: ChainStart = { position: 0, hash: GENESIS, versionOf: () => 0 };

/** Follows a hash chain and finds where it first breaks. Feed it every event, in order. */
export class ChainCheck {
  readonly #versionOf: ChainStart['versionOf'];
  #previous: Buffer;
  #position: number;
  #version = 1;
  readonly #versions = new Map<string, number>();

  /** `start` as the log has it: the first event to feed is the one after. */
  constructor({ position, hash, versionOf }: ChainStart = BEGINNING) {
    this.#position = position;
    this.#previous = hash;
    this.#versionOf = versionOf;
  }

  /** The fault at this event, or null. */
  next(event: StoredEvent): LogFault | null {
    const fault = this.#faultOf(event);
    this.#position = event.position;
    this.#versions.set(event.stream_id, event.stream_version);
    this.#previous = Buffer.from(event.hash, 'hex');
    return fault;
  }

  get head(): string {
    return this.#previous.toString('hex');
  }

  #faultOf(event: StoredEvent): LogFault | null {
    const { position } = event;
    const due = this.#position + 1;
    if (position !== due) return { position: due, reason: `position ${due} is missing, ${position} follows` };
    const version = (this.#versions.get(event.stream_id) ?? this.#versionOf(event.stream_id)) + 1;
    if (event.stream_version !== version) {
      return {
        position,
        reason: `${event.stream_id} goes on with version ${event.stream_version}, ${version} is due`,
      };
    }
    const hashed = hashVersion(this.#previous, event);
    if (hashed === null) {
      const expected = chainHash(this.#previous, event).toString('hex');
      return {
        position,
        reason: `hash is ${event.hash.slice(0, 12)}…, its content gives ${expected.slice(0, 12)}…`,
      };
    }
    // A release that knows the newer hash makes no older one: this row was put in place of another.
    if (hashed < this.#version)
      return { position, reason: 'its hash is of an older version than the one before' };
    this.#version = hashed;
    return null;
  }
}

/** A fault that SQLite itself finds in the file. Position 0, since it concerns no single event. */
export function pageFault({ connection }: { connection: Connection }): LogFault | null {
  const [first] = connection.pragma('quick_check(1)') as { quick_check: string }[];
  if (!first || first.quick_check === 'ok') return null;
  return { position: 0, reason: `the file is damaged: ${first.quick_check}` };
}

/** Checks the whole log: its hash chain, and that positions and stream versions have no gaps. */
export function verifyLog(
  events: Iterable<StoredEvent>,
  onProgress?: (position: number) => void,
): LogVerification {
  const chain = new ChainCheck();
  let count = 0;
  let last = 0;
  for (const event of events) {
    const fault = chain.next(event);
    if (fault) return { events: count, last_position: last, head: chain.head, fault };
    count += 1;
    last = event.position;
    if (count % 10_000 === 0) onProgress?.(last);
  }
  return { events: count, last_position: last, head: chain.head, fault: null };
}
