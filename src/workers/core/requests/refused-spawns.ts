import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AgentPoolError } from '../../../lib/errors.ts';
import { writePrivateFileSync } from '../../../lib/files/atomic-file.ts';
import type { AppContext } from '../context.ts';

/** A provider and a model that a caller asked for. */
export interface ModelChoice {
  provider_id: string;
  model: string | null;
}

type Place = Pick<AppContext, 'paths' | 'coordinator' | 'given'>;

/** A task that is spawned elsewhere later than this after a refusal is another decision. */
const REMEMBERED_MS = 60 * 60_000;

const folderOf = ({ paths }: Place): string => join(paths.run, 'refused');

/** A hash of the coordinator and the task: neither can be read from the name. */
function fileOf(place: Place, task: string): string {
  const asked = JSON.stringify([place.coordinator, task]);
  return join(folderOf(place), `${createHash('sha256').update(asked).digest('hex').slice(0, 32)}.json`);
}

/** Whether a refused spawn was refused by a limit; a policy may also refuse limits that are unknown. */
export const isByLimit = (error: unknown): boolean =>
  error instanceof AgentPoolError &&
  ['limit_reached', 'near_limit', 'overage_possible'].includes(String(error.details?.status));

/** Remembers that a limit refused a spawn. Only statistics need it: a failure is no concern of the caller. */
export function rememberRefusal(place: Place, task: string, { provider_id, model }: ModelChoice): void {
  try {
    mkdirSync(folderOf(place), { recursive: true, mode: 0o700 });
    for (const name of readdirSync(folderOf(place))) {
      const file = join(folderOf(place), name);
      if (!read(place, file)) rmSync(file, { force: true });
    }
    const refused = { provider_id, model, at: place.given().now.toISOString() };
    writePrivateFileSync(fileOf(place, task), JSON.stringify(refused), { link: 'replace' });
  } catch {}
}

/** What the caller was refused for this task, if it takes something else now; null if nothing was. */
export function firstChoice(place: Place, task: string, taken: ModelChoice): ModelChoice | null {
  const refused = read(place, fileOf(place, task));
  const isSame = refused?.provider_id === taken.provider_id && refused.model === taken.model;
  return isSame ? null : refused;
}

/** The task is spawned: a later spawn of it is a new decision. */
export function forgetRefusal(place: Place, task: string): void {
  try {
    rmSync(fileOf(place, task), { force: true });
  } catch {}
}

/** null for a file that is missing, unreadable or too old. */
function read(place: Place, file: string): ModelChoice | null {
  try {
    const { provider_id, model, at } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    const age = Math.abs(place.given().now.getTime() - Date.parse(String(at)));
    if (typeof provider_id !== 'string' || !(age <= REMEMBERED_MS)) return null;
    return { provider_id, model: typeof model === 'string' ? model : null };
  } catch {
    return null;
  }
}
