import { writePrivateFile } from '../../lib/files/atomic-file.ts';
import { observedLines } from '../../report/views/workers/observed.ts';
import { describe, type Observed } from '../../workers/commands/observe.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { parseDetail } from '../../workers/core/details.ts';
import { sessionNamed } from '../../workers/core/sessions/named-session.ts';
import { mayAsk, openDialog, prepareDialog } from '../../workers/sight/dialogs/open-dialog.ts';
import { parseWaitFor } from '../../workers/sight/wait-for.ts';
import type { Call } from '../output/call.ts';
import { wordsForPerson } from './terminal/at-a-terminal.ts';
import { waitExit, waitInView } from './wait-in-view.ts';

interface Options {
  session: string;
  waitFor: string[];
  timeout: number | undefined;
  detail: string;
  maxLines: number | undefined;
  output: string | undefined;
}

/** `agentpool observe`. Returns 124 after a timeout, and 130 after Ctrl-C. */
export async function run(
  call: Call<Observed>,
  options: Options,
  app: AppContext,
): Promise<number | undefined> {
  const awaited = parseWaitFor(options.waitFor);
  const detail = parseDetail(options.detail);
  const named = sessionNamed(app, options.session);
  const seconds = options.timeout ?? (options.waitFor.length > 0 ? Number.POSITIVE_INFINITY : 0);
  const prepared = prepareDialog(app, named);
  const { seen, interrupted } = await waitInView(call, app, named, { awaited, seconds }).finally(prepared);
  const session = sessionNamed(app, named.id);
  const observed: Observed = {
    ...describe(session, seen, { detail, maxLines: options.maxLines ?? null }),
    ...(mayAsk(session) ? { dialog: await openDialog(app, session, { words: detail !== 'summary' }) } : {}),
  };
  if (options.output) await writePrivateFile(options.output, `${JSON.stringify(observed, null, 2)}\n`);
  if (call.json || !interrupted) {
    const words = await wordsForPerson(call, app, session);
    await call.show(observed, (each) => observedLines(each, session, call.context.stdout, words).join('\n'));
  }
  return waitExit(seen, interrupted);
}
