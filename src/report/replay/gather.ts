import type { GapJson } from '../../events/chain/gap.ts';
import type { StoredEvent } from '../../events/event.ts';
import { spanOfStreams } from '../../events/store/log-queries.ts';
import type { EventStore } from '../../events/store/store.ts';
import { type Gap, partOf } from '../../events/transfer/part.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { bytes } from '../../lib/text/bytes.ts';
import { counted } from '../../lib/text/counted.ts';
import { workerStream } from '../../machines/worker/state.ts';
import type { PageParts } from './page.ts';
import { PAGE_FORMAT, type PageData } from './page-data.ts';

/** A timeline with more workers cannot be read. */
export const MOST_WORKERS = 50;
/** Characters of events: more than a browser reads in a few seconds. */
const MOST_OF_EVENTS = 48 * 1024 * 1024;
/** Characters of recordings, of all workers: a browser keeps them in memory. */
export const MOST_OF_RECORDINGS = 64 * 1024 * 1024;
/** A recording that begins so much later than its worker lacks its beginning. */
const LATE_MS = 30_000;

export interface PageRequest {
  /** The sessions, in the order in which they are shown. */
  sessions: readonly string[];
  /** Where the timeline begins; null: with the first event. */
  from: Date | null;
  made: { by: string; at: Date; zone: string };
  notes: readonly string[];
  /** The lines of a worker's recording, at most so many characters; null where it has none. */
  recordingOf: (session: string, most: number) => Promise<string | null>;
}

/** What a page shows of workers of the ledger. @throws REPLAY_TOO_LARGE */
export async function pageOfLedger(store: EventStore, request: PageRequest): Promise<PageParts> {
  const streams = request.sessions.map(workerStream);
  const found: { events: StoredEvent[]; gaps: GapJson[] } = { events: [], gaps: [] };
  let size = 0;
  store.reading(() => {
    const span = spanOfStreams(store, streams);
    if (!span) return;
    // The event before the first begins their chain.
    const log = store.read({ from: Math.max(1, span.first - 1) });
    for (const piece of partOf(log, new Set(streams), span.last)) {
      if ('event' in piece) found.events.push(piece.event);
      else found.gaps.push(piece.gap);
      size += 'event' in piece ? piece.event.payload.length + 500 : (piece.gap.rows?.length ?? 64);
      if (size > MOST_OF_EVENTS) throw tooLarge(request.sessions.length);
    }
  });
  return pageOf(found, request);
}

/** What a page shows of an exported history. */
export const pageOfFile = (
  { events, gaps }: { events: readonly StoredEvent[]; gaps: ReadonlyMap<number, Gap> },
  request: PageRequest,
): Promise<PageParts> => {
  const streams = new Set(request.sessions.map(workerStream));
  const own = events.filter(({ stream_id }) => streams.has(stream_id));
  return pageOf({ events: own, gaps: [...gaps.values()].map(gapJson) }, request);
};

async function pageOf(
  { events, gaps }: { events: StoredEvent[]; gaps: GapJson[] },
  { sessions, from, made, notes, recordingOf }: PageRequest,
): Promise<PageParts> {
  const most = Math.floor(MOST_OF_RECORDINGS / Math.max(1, sessions.length));
  const recordings: (string | null)[] = [];
  for (const session of sessions) {
    const text = await recordingOf(session, most);
    recordings.push(text === null || from === null ? text : shownFrom(text, from.getTime()));
  }
  const data: PageData = {
    format: PAGE_FORMAT,
    made_by: made.by,
    made_at: made.at.toISOString(),
    zone: made.zone,
    from: from?.toISOString() ?? null,
    workers: [...sessions],
    events,
    gaps,
    cut: from === null ? recordings.flatMap((text, lane) => cutOf(text, sessions[lane] ?? '', events)) : [],
    notes: [...notes],
  };
  return { data, recordings };
}

const gapJson = (gap: Gap): GapJson => ({
  from: gap.from,
  to: gap.to,
  ...('rows' in gap
    ? { rows: Buffer.from(gap.rows).toString('base64') }
    : { stated: Buffer.from(gap.stated).toString('hex') }),
});

const tooLarge = (workers: number) =>
  new AgentPoolError(
    'REPLAY_TOO_LARGE',
    `The events of ${counted(workers, 'worker')} take more than ${bytes(MOST_OF_EVENTS)}: no browser would show such a page well.`,
    { workers, example: 'agentpool replay --since 2h --html replay.html' },
  );

/** The pieces of a recording that are shown at or after a moment: the last that begins before it, and what follows. */
export function shownFrom(text: string, from: number): string {
  const starts = headsIn(text);
  const first = starts.findLast(({ at }) => at <= from) ?? starts[0];
  return first ? text.slice(first.index) : '';
}

/** Whether a recording lacks its beginning: since when it is whole. */
function cutOf(text: string | null, session: string, events: readonly StoredEvent[]): PageData['cut'] {
  const [first] = text === null ? [] : headsIn(text);
  const started = events.find(
    ({ stream_id, type }) => stream_id === workerStream(session) && type === 'worker.started',
  );
  if (!first || !started || first.at - Date.parse(started.occurred_at) < LATE_MS) return [];
  return [{ session, from: new Date(first.at).toISOString() }];
}

/** Where the pieces of a recording begin in its text, and when. */
function headsIn(text: string): { index: number; at: number }[] {
  const heads: { index: number; at: number }[] = [];
  for (const { index, 0: line } of text.matchAll(/^\{[^\n]*/gm)) {
    const [, started] = /"started_at":"([^"]*)"/.exec(line) ?? [];
    const at = started === undefined ? Number.NaN : Date.parse(started);
    if (Number.isFinite(at)) heads.push({ index, at });
  }
  return heads;
}
