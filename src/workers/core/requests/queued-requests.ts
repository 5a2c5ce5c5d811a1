import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventData } from '../../../events/catalogue/index.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { placeFile } from '../../../lib/files/atomic-file.ts';
import { makePrivateFolder, storing } from '../../../lib/files/private-files.ts';
import { sessionById } from '../../../projections/sessions/queries.ts';
import type { AppContext } from '../context.ts';
import { record } from '../record.ts';

/**
 * The full requests of workers that wait for their start: the log has their tasks redacted. A file is written before
 * `worker.queued` is appended, and removed once the worker has started or was dropped.
 */

type Place = Pick<AppContext, 'paths'>;

const fileOf = ({ paths }: Place, id: string): string => join(paths.queue, `${id}.json`);

/** Keeps a request, readable only by its owner and flushed to the disk. */
export async function keepRequest(place: Place, id: string, request: object): Promise<void> {
  await makePrivateFolder(place.paths.queue);
  const file = fileOf(place, id);
  await storing(file, () =>
    placeFile(file, { existing: 'refuse' }, async (draft) => writeFileSync(draft, JSON.stringify(request))),
  );
}

/** The request; null if its file is missing or damaged. */
export function keptRequest(place: Place, id: string): Record<string, unknown> | null {
  try {
    return JSON.parse(readFileSync(fileOf(place, id), 'utf8')) as Record<string, unknown>;
  } catch {
    return null;
  }
}

export const forgetRequest = (place: Place, id: string): void => rmSync(fileOf(place, id), { force: true });

/** What refuses a command that needs a worker which has been started. */
export const notStarted = (id: string): AgentPoolError =>
  new AgentPoolError('SESSION_QUEUED', `${id} waits in the queue and has not started.`, {
    session_id: id,
    example: 'agentpool queue',
  });

/** Drops a request that waits. @throws SESSION_NOT_QUEUED if it has started meanwhile. */
export function dropQueued(
  app: AppContext,
  id: string,
  why: Pick<EventData<'worker.dequeued'>, 'because' | 'reason'>,
): void {
  record(app, id, { kind: 'dequeue', ...why });
  forgetRequest(app, id);
}

/** How old a file without an event has to be, in milliseconds: its event is appended right after it was written. */
const MAKING_MS = 60_000;

/** Removes the files of requests that do not wait any more, and those whose event was never appended. */
export function sweepRequests({ paths, ledger, given }: AppContext): void {
  for (const { name, path, mtimeMs } of files(paths.queue)) {
    const session = sessionById(ledger, name.replace(/\.json$/, ''));
    const isOver = session ? !NEEDED.has(session.state) : given().now.getTime() - mtimeMs > MAKING_MS;
    if (isOver) rmSync(path, { force: true });
  }
}

/** A start that comes to nothing queues the request again. */
const NEEDED: ReadonlySet<string> = new Set(['QUEUED', 'STARTING']);

function files(folder: string): { name: string; path: string; mtimeMs: number }[] {
  try {
    return readdirSync(folder).map((name) => {
      const path = join(folder, name);
      return { name, path, mtimeMs: statSync(path).mtimeMs };
    });
  } catch {
    return []; // There is no such folder, or another process has removed one just now.
  }
}
