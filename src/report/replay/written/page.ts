import type { Writable } from 'node:stream';
import type { StoredEvent } from '../../../events/event.ts';
import type { Gap } from '../../../events/transfer/part.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { packageVersion } from '../../../lib/package-root.ts';
import { sessionOfStream } from '../../../machines/worker/state.ts';
import { type SessionRow, sessionsActiveSince } from '../../../projections/sessions/queries.ts';
import { recordingText } from '../../../terminal/recording/reader.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { recordingFolder } from '../../../workers/core/sessions/session-files.ts';
import { beginningOf } from '../../../workers/queries/stats/window.ts';
import { MOST_WORKERS, pageOfFile, pageOfLedger } from '../gather.ts';
import { type PageParts, replayPage } from '../page.ts';
import { lostNote } from '../terminal/recorded.ts';
import { writeReplay } from './file.ts';
import type { WrittenReplay } from './schema.ts';

interface Target {
  file: string;
  isForced: boolean;
  stdout: Writable;
}

/** Writes the page of some workers of the ledger, oldest first. */
export const writePage = (
  { ledger, paths }: AppContext,
  sessions: readonly SessionRow[],
  target: Target,
  { from = null, notes = [] }: { from?: Date | null; notes?: readonly string[] } = {},
): Promise<WrittenReplay> => {
  // What is wrong with a recording is known once it has been read.
  const said = [...notes];
  return written(
    sessions.map(({ id }) => id),
    target,
    (request) =>
      pageOfLedger(ledger.store, {
        ...request,
        from,
        notes: said,
        recordingOf: async (id, most) => {
          const session = sessions.find((each) => each.id === id);
          if (!session) return null;
          const folder = recordingFolder(paths.artifacts, session);
          return recordingText(folder, most, (lost) => said.push(lostNote(id, lost)));
        },
      }),
  );
};

/** Writes the page of all workers that were active since a moment (`2h`, `3d`, a day). @throws REPLAY_EMPTY */
export async function writePageSince(app: AppContext, since: string, target: Target): Promise<WrittenReplay> {
  const [first] = app.ledger.store.readAll({ limit: 1 });
  const began = first ? Date.parse(first.occurred_at) : null;
  const from = beginningOf(since, new Date(), began, 'agentpool replay --since 2h --html replay.html');
  const active = sessionsActiveSince(app.ledger, from.toISOString());
  if (active.length === 0)
    throw new AgentPoolError('REPLAY_EMPTY', `No worker was active since ${from.toISOString()}.`, {
      since,
      example: 'agentpool replay @last --html replay.html',
    });
  const shown = active.slice(-MOST_WORKERS);
  const left = active.length - shown.length;
  const notes =
    left > 0
      ? [`${left} of ${active.length} workers are left out: the page shows the ${MOST_WORKERS} newest.`]
      : [];
  return writePage(app, shown, target, { from, notes });
}

/** Writes the page of the workers of an exported history, or of the one that is named. An export holds no recordings. */
export const writePageOfFile = (
  history: { events: readonly StoredEvent[]; gaps: ReadonlyMap<number, Gap> },
  named: string | null,
  target: Target,
): Promise<WrittenReplay> => {
  const sessions = named === null ? workersIn(history.events) : [named];
  return written(sessions, target, (request) =>
    pageOfFile(history, {
      ...request,
      from: null,
      notes: ['The page was made from an exported history, which holds no recordings.'],
      recordingOf: async () => null,
    }),
  );
};

/** @throws HISTORY_SESSION */
function workersIn(events: readonly StoredEvent[]): string[] {
  const found = new Set(events.flatMap(({ stream_id }) => sessionOfStream(stream_id) ?? []));
  if (found.size > 0) return [...found].slice(0, MOST_WORKERS);
  throw new AgentPoolError('HISTORY_SESSION', 'The file holds no worker.', { sessions: [] });
}

type Made = Pick<Parameters<typeof pageOfLedger>[1], 'sessions' | 'made'>;

async function written(
  sessions: readonly string[],
  { file, isForced, stdout }: Target,
  gather: (request: Made) => Promise<PageParts>,
): Promise<WrittenReplay> {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const made = { by: `agentpool ${packageVersion()}`, at: new Date(), zone: timeZone };
  const parts = await gather({ sessions, made });
  const page = await replayPage(parts);
  const place = await writeReplay(file, page, { stdout, isForced });
  const { data, recordings } = parts;
  const silent = recordings.filter((recording) => recording === null || recording === '').length;
  return {
    file: place,
    format: 'html',
    sessions: [...sessions],
    events: data.events.length,
    bytes: Buffer.byteLength(page),
    notes: [
      ...data.notes,
      ...data.cut.map(
        ({ session, from }) =>
          `The recording of ${session} begins at ${from}: what is older is not in the page.`,
      ),
      ...(silent > 0 ? [notRecorded(silent, sessions.length)] : []),
    ],
  };
}

const notRecorded = (silent: number, all: number): string => {
  if (all === 1) return 'No recording of its terminal is in the page.';
  return silent === all
    ? 'No recording of a terminal is in the page.'
    : `The page has no recording of ${silent} of ${all} workers.`;
};
