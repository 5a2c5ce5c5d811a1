import type { Writable } from 'node:stream';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import { paint } from '../../report/text/style.ts';
import { missingFiles } from '../../workers/core/sessions/session-files.ts';

/**
 * Says on stderr which files of a session are missing and where they were: an empty answer alone would look like a
 * worker that left nothing. A worker that has just been started has no transcript yet.
 */
export function noteMissing(stderr: Writable, artifacts: string, session: SessionRow): void {
  const missing = session.alive === 1 ? null : missingFiles(artifacts, session);
  if (missing !== null) stderr.write(`${paint(stderr).yellow('!')} ${missing}\n`);
}
