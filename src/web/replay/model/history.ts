import { decode, isUnreadable, type LedgerEvent } from '../../../events/catalogue/index.ts';
import type { WorkerState } from '../../../events/catalogue/words.ts';
import type { StoredEvent } from '../../../events/event.ts';
import { stripControl } from '../../../lib/text/plain-text.ts';
import { headlineOf } from '../../../projections/replay/event-headline.ts';
import { type EventKind, kindOf } from '../../../projections/replay/event-kind.ts';
import { describeEvent } from '../../../projections/replay/event-words.ts';

/** A stretch of time in one state, in ms from the start. */
export interface Segment {
  state: WorkerState;
  from: number;
  to: number;
}

/** One worker. */
export interface Lane {
  session: string;
  /** What it is called on this page: A, B, ... */
  letter: string;
  provider: string;
  task: string;
  segments: Segment[];
  /** Its last event, in ms from the start. */
  lastAt: number;
}

/** An event as the page shows it. All texts are safe to show: nothing in them reorders or hides what is around them. */
export interface PlayedEvent {
  /** Its place in the history, and among all events that the page carries. */
  index: number;
  place: number;
  stored: StoredEvent;
  /** The event in the current version of its type; null if this page cannot read it. */
  event: LedgerEvent | null;
  /** When, in ms from the start. */
  at: number;
  lane: number;
  before: WorkerState | null;
  after: WorkerState | null;
  kind: EventKind;
  headline: string;
  description: string;
  evidence: string[];
  /** The worker whose work this one took over, if the event says so. */
  predecessor: number | null;
}

export interface ReplayHistory {
  /** The start, in ms since 1970. */
  start: number;
  lanes: Lane[];
  /** By position: those from the start on, which are shown. */
  events: PlayedEvent[];
  /** How many came before the start: they are here for the chain and the states. */
  earlier: number;
}

const FINAL: ReadonlySet<WorkerState> = new Set(['COMPLETED', 'FAILED', 'CANCELLED', 'LOST']);

/** What happened, from the events of the page. `from`: where the timeline begins at the earliest, in ms since 1970. */
export function historyOf(
  stored: readonly StoredEvent[],
  sessions: readonly string[],
  from: number | null,
): ReplayHistory {
  const times = instants(stored);
  const first = times[0] ?? 0;
  // An hour in which there was no worker yet is not shown.
  const start = from === null ? first : Math.max(from, first);
  const lanes = sessions.map(
    (session, index): Lane => ({
      session: stripControl(session),
      letter: letterOf(index),
      provider: 'worker',
      task: '',
      segments: [],
      lastAt: 0,
    }),
  );
  const laneOf = new Map(sessions.map((session, index) => [session, index]));
  const states: (WorkerState | null)[] = lanes.map(() => null);
  const events: PlayedEvent[] = [];
  let earlier = 0;
  for (const [place, each] of stored.entries()) {
    const index = laneOf.get(each.stream_id.replace(/^worker\//, ''));
    const lane = index === undefined ? undefined : lanes[index];
    if (index === undefined || lane === undefined) continue;
    const at = (times[place] as number) - start;
    const played = playedEvent(each, { place, at, lane: index, before: states[index] ?? null }, laneOf);
    states[index] = played.after;
    learn(lane, played);
    if (at < 0) {
      earlier += 1;
      continue;
    }
    played.index = events.length;
    events.push(played);
    lane.lastAt = at;
  }
  for (const lane of lanes) closeLast(lane);
  return { start, lanes, events, earlier };
}

/** When each event was, in ms since 1970; a time that is none is that of the event before. */
function instants(stored: readonly StoredEvent[]): number[] {
  let last = 0;
  return stored.map(({ occurred_at }) => {
    const time = Date.parse(occurred_at);
    if (Number.isFinite(time)) last = time;
    return last;
  });
}

function playedEvent(
  stored: StoredEvent,
  where: Pick<PlayedEvent, 'place' | 'at' | 'lane' | 'before'>,
  laneOf: ReadonlyMap<string, number>,
): PlayedEvent {
  const base = { index: -1, stored, ...where };
  const { before } = where;
  const decoded = decode(stored);
  if (isUnreadable(decoded)) {
    const words = stripControl(`${stored.type}, version ${stored.schema_version}`);
    const description = 'this page cannot read this event';
    return {
      ...base,
      event: null,
      after: before,
      kind: 'note',
      headline: words,
      description,
      evidence: [],
      predecessor: null,
    };
  }
  const { description, evidence } = describeEvent(decoded);
  return {
    ...base,
    event: decoded,
    after: 'state' in decoded.data ? decoded.data.state : before,
    kind: kindOf(decoded, before),
    headline: stripControl(headlineOf(decoded)),
    description: stripControl(description),
    evidence: evidence.map(stripControl),
    predecessor: decoded.type === 'worker.took_over' ? (laneOf.get(decoded.data.predecessor) ?? null) : null,
  };
}

/** What an event says of its worker: who it is, and the state from then on. */
function learn(lane: Lane, { event, at, before, after }: PlayedEvent): void {
  if (event?.type === 'worker.spawn_requested' || event?.type === 'worker.queued') {
    lane.provider = stripControl(event.data.provider_id);
    lane.task = stripControl(event.data.task);
  }
  const last = lane.segments.at(-1);
  if (last) last.to = Math.max(at, last.from);
  if (after === null || after === before) return;
  const from = Math.max(at, 0);
  // What was over before the start is not on the timeline.
  if (last && last.to <= 0) lane.segments.pop();
  else if (last) last.to = from;
  lane.segments.push({ state: after, from, to: from });
}

/** The last state lasts until the worker's last event; one that is not final, until the end of all: see `endOf`. */
function closeLast(lane: Lane): void {
  const last = lane.segments.at(-1);
  if (last) last.to = Math.max(last.from, lane.lastAt);
}

/** Where a segment ends on a timeline of this length: a worker that still runs goes on to its end. */
export const endOf = (lane: Lane, segment: Segment, total: number): number =>
  segment === lane.segments.at(-1) && !FINAL.has(segment.state) ? total : segment.to;

/** The state of a worker at a moment; null before its first event. */
export const stateAt = (lane: Lane, at: number): WorkerState | null =>
  lane.segments.findLast(({ from }) => from <= at)?.state ?? null;

/** A, B, ... Z, A2, B2, ... */
export function letterOf(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  const round = Math.floor(index / 26);
  return round === 0 ? letter : `${letter}${round + 1}`;
}
