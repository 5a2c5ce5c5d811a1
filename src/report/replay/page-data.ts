import type { GapJson } from '../../events/chain/gap.ts';
import type { StoredEvent } from '../../events/event.ts';

/** The version of what a replay page carries. */
export const PAGE_FORMAT = 1;

/** What a replay page carries besides the recordings, which lie in blocks of their own. */
export interface PageData {
  format: number;
  /** The program that made it: agentpool 0.3.0. */
  made_by: string;
  made_at: string;
  /** The time zone of the machine that made it: the agents' own words ("resets 14:06") are in that zone too. */
  zone: string;
  /** Where the timeline begins; null: with the first event. Earlier events are here for the chain and the states. */
  from: string | null;
  /** The sessions, in the order of their lanes. */
  workers: string[];
  /** Of those workers, by position, as the log holds them. */
  events: StoredEvent[];
  /** What is left out between them. */
  gaps: GapJson[];
  /** The recordings that are not whole: which session, and from when on they are. */
  cut: { session: string; from: string }[];
  /** What is not in the page, in a sentence each. */
  notes: string[];
}

/** The id of the block with the recording of the worker in this lane. */
export const recordingBlock = (lane: number): string => `recording-${lane}`;
