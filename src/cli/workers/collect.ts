import { collectedLines } from '../../report/views/workers/collected.ts';
import { type Collected, collectWorker } from '../../workers/commands/results/collect.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { parseDetail } from '../../workers/core/details.ts';
import { sessionNamed } from '../../workers/core/sessions/named-session.ts';
import type { Call } from '../output/call.ts';
import { wordsForPerson } from './terminal/at-a-terminal.ts';

interface Options {
  session: string;
  detail: string;
}

/** `agentpool collect` */
export async function run(call: Call<Collected>, options: Options, app: AppContext): Promise<undefined> {
  const detail = parseDetail(options.detail);
  const session = sessionNamed(app, options.session);
  const collected = await collectWorker(app, session, detail);
  const words = await wordsForPerson(call, app, sessionNamed(app, session.id));
  await call.show(collected, (each) => collectedLines(each, call.context.stdout, words).join('\n'));
}
