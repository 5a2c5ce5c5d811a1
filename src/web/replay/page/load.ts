import { bytesOfBase64 } from '../../../events/chain/bytes.ts';
import { type Gap, gapFrom } from '../../../events/chain/gap.ts';
import { PAGE_FORMAT, type PageData, recordingBlock } from '../../../report/replay/page-data.ts';
import { historyOf } from '../model/history.ts';
import { storedIn } from '../model/stored.ts';
import { Clock } from '../model/time-words.ts';
import { Recording } from '../recording/recording.ts';
import type { State } from './state.ts';

export type LoadedPage = Pick<State, 'data' | 'history' | 'clock' | 'recordings'> & { gaps: Gap[] };

/** No page is made with so many. */
const MOST_LANES = 200;
/** More than a page is made with: what a changed file could unpack to is bounded too. */
const MOST_OF_A_RECORDING = 200 * 1024 * 1024;

/** Reads what the page carries. Anyone can have changed it: what is not as it should be is left out. */
export async function load(): Promise<LoadedPage> {
  const data = dataIn(JSON.parse(document.getElementById('data')?.textContent ?? '{}'));
  const from = data.from === null ? null : Date.parse(data.from);
  const history = historyOf(data.events, data.workers, from !== null && Number.isFinite(from) ? from : null);
  const recordings = await Promise.all(data.workers.map((_, lane) => recordingOf(lane, history.start)));
  const gaps = data.gaps.flatMap((gap) => gapFrom(gap) ?? []);
  return { data, history, clock: new Clock(data.zone), recordings, gaps };
}

async function recordingOf(lane: number, start: number): Promise<Recording | null> {
  const block = document.getElementById(recordingBlock(lane));
  const packed = block && bytesOfBase64((block.textContent ?? '').trim());
  if (!packed) return null;
  try {
    const recording = new Recording(await unpacked(packed), start);
    return recording.times.length > 0 ? recording : null;
  } catch {
    return null;
  }
}

async function unpacked(packed: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    size += value.length;
    if (size > MOST_OF_A_RECORDING) {
      await reader.cancel();
      break;
    }
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function dataIn(value: unknown): PageData {
  const given = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const text = (name: string, otherwise = '') => (typeof given[name] === 'string' ? given[name] : otherwise);
  const list = (name: string): unknown[] => (Array.isArray(given[name]) ? given[name] : []);
  const events = list('events').map((each) => storedIn(each) ?? UNREADABLE);
  return {
    format: PAGE_FORMAT,
    made_by: text('made_by', 'an unknown program'),
    made_at: text('made_at'),
    zone: text('zone', 'UTC'),
    from: typeof given.from === 'string' ? given.from : null,
    workers: workersOf(
      list('workers').filter((each) => typeof each === 'string'),
      events,
    ),
    events,
    gaps: list('gaps') as PageData['gaps'],
    cut: list('cut').filter(isCut),
    notes: list('notes').filter((each) => typeof each === 'string'),
  };
}

/** Also those that the file does not name: no event that it carries is hidden. */
const workersOf = (named: readonly string[], events: PageData['events']): string[] => {
  const streams = events.map(({ stream_id }) => stream_id.replace(/^worker\//, '')).filter((id) => id !== '');
  return [...new Set([...named, ...streams])].slice(0, MOST_LANES);
};

const isCut = (value: unknown): value is PageData['cut'][number] => {
  const { session, from } = (value ?? {}) as Record<string, unknown>;
  return typeof session === 'string' && typeof from === 'string' && Number.isFinite(Date.parse(from));
};

/** In place of an event that lacks what every event has: the verification stops at it. */
const UNREADABLE = {
  position: 0,
  event_id: '',
  stream_id: '',
  stream_version: 0,
  type: 'unreadable',
  schema_version: 0,
  occurred_at: '',
  recorded_at: '',
  command_id: null,
  causation_id: null,
  correlation_id: null,
  actor: '',
  payload: '{}',
  metadata: '{}',
  hash: '',
};
