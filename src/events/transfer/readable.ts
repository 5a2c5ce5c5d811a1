import {
  closeSync,
  fstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgentPoolError, errorMessage } from '../../lib/errors.ts';
import { shell } from '../../lib/text/shell.ts';
import type { StoredEvent } from '../event.ts';
import { openSqlite } from '../store/connection.ts';
import { EVENT_COLUMNS, eventsQuery } from '../store/event-rows.ts';
import { explained } from '../store/open.ts';
import { copyUnchanged } from '../store/read-only.ts';
import { ChainCheck } from '../store/verify.ts';
import { LEDGER_PAGE, rootsOf, setRoot } from './roots.ts';

/** Where the events of a damaged ledger end that are as they were written. */
export interface ReadableEnd {
  /** The position of the first event that cannot be read or has changed; null if the whole log is sound. */
  position: number | null;
  reason: string | null;
}

/**
 * The events of a ledger from the first on, as long as they can be read and their hash chain holds: what an import
 * takes. Reads a copy in the temporary folder, since SQLite may change a damaged file that it opens. `onEnd` is called once.
 * @throws LEDGER_CORRUPT if not even the first event can be read.
 */
export function* readableEvents(file: string, onEnd: (end: ReadableEnd) => void): Generator<StoredEvent> {
  const folder = mkdtempSync(join(tmpdir(), 'agentpool-'));
  try {
    const copy = join(folder, 'ledger.sqlite');
    explained(file, () => copyUnchanged(file, copy));
    ignoreRecordedSize(copy);
    let { last, reason } = yield* soundPart(copy);
    if (reason !== null && last === 0) {
      beginAtItsEvents(copy);
      ({ last, reason } = yield* soundPart(copy));
    }
    if (reason !== null && last === 0) throw unreadable(file, reason);
    onEnd(reason === null ? { position: null, reason: null } : { position: last + 1, reason });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const unreadable = (file: string, reason: string): AgentPoolError =>
  new AgentPoolError(
    'LEDGER_CORRUPT',
    `No event in ${file} can be read: ${reason}. Put a backup in its place, or move it away with its -wal and -shm: the next command begins an empty ledger.`,
    { file, example: shell`mv ${file} ${file}.damaged` },
  );

/** Up to which position the events are sound, and why no further; null at the end of the log. */
interface SoundEnd {
  last: number;
  reason: string | null;
}

/** The events from the first on, as long as their hash chain holds. */
function* soundPart(file: string): Generator<StoredEvent, SoundEnd> {
  let connection: ReturnType<typeof openSqlite> | null = null;
  const chain = new ChainCheck();
  let last = 0;
  try {
    connection = openSqlite(file, { timeout: 0 });
    // A damaged entry of another table does not keep the log from being read.
    connection.pragma('writable_schema = ON');
    for (const event of connection.prepare<unknown[], StoredEvent>(eventsQuery({}).sql).iterate()) {
      const fault = chain.next(event);
      if (fault) return { last, reason: fault.reason };
      last = event.position;
      yield event;
    }
    return { last, reason: null };
  } catch (error) {
    return { last, reason: errorMessage(error) };
  } finally {
    connection?.close();
  }
}

/**
 * Gives the file a first page that knows the table of events alone, from where most of them can be read: if the header
 * or the list of tables is damaged, the events may not be.
 */
function beginAtItsEvents(file: string): void {
  for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true });
  let best = { root: FIRST_ROOT, last: 0 };
  for (const root of rootsOf(file)) {
    replaceFirstPage(file, root);
    const last = soundEnd(file);
    if (last > best.last) best = { root, last };
  }
  replaceFirstPage(file, best.root);
}

/** The first page after that of the header. */
const FIRST_ROOT = 2;

function soundEnd(file: string): number {
  const events = soundPart(file);
  for (let next = events.next(); ; next = events.next()) if (next.done) return next.value.last;
}

function replaceFirstPage(file: string, root: number): void {
  const other = `${file}-first`;
  rmSync(other, { force: true });
  openSqlite(other)
    .exec(
      `CREATE TABLE events (${EVENT_COLUMNS.join(', ').replace('position', 'position INTEGER PRIMARY KEY')})`,
    )
    .close();
  const page = readFileSync(other).subarray(0, LEDGER_PAGE);
  setRoot(page, root);
  page.fill(0, SIZE_VALID_FOR, SIZE_VALID_FOR + 4);
  const descriptor = openSync(file, 'r+');
  try {
    writeSync(descriptor, page, 0, page.length, 0);
  } finally {
    closeSync(descriptor);
  }
}

/** Offsets in the header of a SQLite file. */
const [PAGE_SIZE, PAGES, SIZE_VALID_FOR] = [16, 28, 92];

/**
 * SQLite refuses a file that is shorter than its header says, as a whole. Without a valid size in the header it goes by
 * the file's own, and only the pages that are missing cannot be read.
 */
function ignoreRecordedSize(file: string): void {
  const descriptor = openSync(file, 'r+');
  try {
    const header = Buffer.alloc(100);
    if (readSync(descriptor, header, 0, 100, 0) < 100) return;
    const page = header.readUInt16BE(PAGE_SIZE) === 1 ? 65_536 : header.readUInt16BE(PAGE_SIZE);
    if (fstatSync(descriptor).size >= header.readUInt32BE(PAGES) * page) return;
    writeSync(descriptor, Buffer.alloc(4), 0, 4, SIZE_VALID_FOR);
  } finally {
    closeSync(descriptor);
  }
}
