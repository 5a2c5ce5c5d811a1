import { type Termination, terminateWorker } from '../../workers/commands/terminate.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { sessionNamed } from '../../workers/core/named-session.ts';
import type { Call } from '../output/call.ts';

interface Options {
  session: string;
  dryRun: boolean;
}

/** `agentpool terminate` */
export async function run(call: Call<Termination>, options: Options, app: AppContext): Promise<undefined> {
  const session = sessionNamed(app, options.session);
  call.print(await terminateWorker(app, session, { dryRun: options.dryRun }), terminated);
}

function terminated({ session_id, state, already_terminated, dry_run, ended }: Termination): string {
  if (already_terminated) return `${session_id} had already ended (${state})`;
  const processes = ended.map(
    ({ pid, command, signal }) => `  ${signal.padEnd(7)} ${pid}  ${command.slice(0, 60)}`,
  );
  const head = dry_run ? `would end ${session_id} and` : `ended ${session_id} (${state}) and`;
  return [`${head} ${ended.length} ${ended.length === 1 ? 'process' : 'processes'}`, ...processes].join('\n');
}
