import { collectedLines } from '../../report/views/collected.ts';
import { type Collected, collectWorker } from '../../workers/commands/collect.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { parseDetail } from '../../workers/core/details.ts';
import { sessionNamed } from '../../workers/core/named-session.ts';
import type { Call } from '../output/call.ts';

interface Options {
  session: string;
  detail: string;
}

/** `agentpool collect` */
export async function run(call: Call<Collected>, options: Options, app: AppContext): Promise<undefined> {
  const detail = parseDetail(options.detail);
  const session = sessionNamed(app, options.session);
  await call.show(await collectWorker(app, session, detail), (collected) =>
    collectedLines(collected, call.context.stdout).join('\n'),
  );
}
