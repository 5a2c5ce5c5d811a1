import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AgentPoolError } from '../../lib/errors.ts';
import { fileText } from '../../lib/files/file-text.ts';
import { monotonic } from '../../lib/time/monotonic.ts';

/** How long a worker's shell may take to report where it runs, in milliseconds. */
const REPORT_MS = 20_000;
const POLL_MS = 4;

/** Where the shell of a new worker writes whether it runs in its folder: a file of one start. */
export const folderReport = (folder: string): string => join(folder, `started-${randomUUID()}`);

/**
 * Shell commands that check the folder and write the report, before the worker runs: tmux starts a program in another
 * folder, and says nothing, when it cannot enter the right one. `$1` is the folder, absolute, and `$2` the report; both
 * are dropped from the arguments.
 */
export const reportFolder = `if cd -- "$1" && [ . -ef "$1" ]; then printf 'here\\n' >"$2"; else printf 'elsewhere %s\\n' "$(pwd -P)" >"$2"; exit 126; fi
shift 2`;

/** Waits for the report and removes it. Throws CWD_WRONG if the worker would not run in `cwd`; it was not started then. */
export async function startedIn(cwd: string, report: string): Promise<void> {
  try {
    const said = await reported(report);
    if (said === 'here') return;
    const elsewhere = said?.replace(/^elsewhere /, '');
    const message =
      elsewhere === undefined
        ? `The worker did not report within ${REPORT_MS / 1000} s that it runs in ${cwd}.`
        : `The worker would have run in ${elsewhere}, not in ${cwd}; it was not started.`;
    throw new AgentPoolError('CWD_WRONG', message, { cwd, ...(elsewhere ? { started_in: elsewhere } : {}) });
  } finally {
    rmSync(report, { force: true });
  }
}

async function reported(report: string): Promise<string | null> {
  for (const deadline = monotonic() + REPORT_MS; monotonic() < deadline; await sleep(POLL_MS)) {
    const text = fileText(report);
    if (text?.endsWith('\n')) return text.slice(0, -1);
  }
  return null;
}
