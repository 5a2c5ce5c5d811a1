import { AgentPoolError, errorMessage } from '../../lib/errors.ts';
import { shell } from '../../lib/text/shell.ts';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import { columnsOf, paint, stateLabel } from '../../report/text/style.ts';
import { table } from '../../report/text/table.ts';
import { type Termination, terminateWorker } from '../../workers/commands/ending/terminate.ts';
import { type Terminations, terminable, terminateAll } from '../../workers/commands/ending/terminate-all.ts';
import { reconcileIfNeeded } from '../../workers/commands/reconcile.ts';
import type { Elsewhere } from '../../workers/commands/steering/schema.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { sessionHere } from '../../workers/core/sessions/session-here.ts';
import type { Call } from '../output/call.ts';
import { assertWithout } from './elsewhere.ts';
import { confirmed } from './terminal/confirmed.ts';

interface Options {
  session: string | undefined;
  all: boolean;
  yes: boolean;
  dryRun: boolean;
}

/** `agentpool terminate`. With --all, returns 1 if a worker could not be ended, or if the person said no. */
export async function run(
  call: Call<(Termination & Partial<Elsewhere>) | Terminations>,
  { session: named, all, yes, dryRun }: Options,
  app: AppContext,
): Promise<number | undefined> {
  if (named !== undefined && all)
    throw wrong('Name a worker or give --all, not both.', shell`agentpool terminate ${named}`);
  if (named !== undefined) {
    await reconcileIfNeeded(app);
    const session = sessionHere(app, named);
    if (session === null) call.print(await terminateElsewhere(app, named, dryRun), terminated);
    else call.print(await terminateWorker(app, session, { dryRun }), terminated);
    return undefined;
  }
  if (!all) throw wrong('Which worker? Name it, or end all of them with --all.', 'agentpool terminate @last');
  await reconcileIfNeeded(app).catch((error: unknown) => {
    if (!call.json) call.context.stderr.write(`! ${errorMessage(error)}\n`);
  });
  const sessions = terminable(app);
  if (sessions.length > 0 && !dryRun && !yes && !(await isWanted(call, sessions))) {
    call.context.stderr.write('Nothing was ended.\n');
    return 1;
  }
  const report = await terminateAll(app, sessions, { dryRun });
  call.print(report, (done) => inWords(done, call));
  return report.ok ? undefined : 1;
}

async function terminateElsewhere(
  app: AppContext,
  words: string,
  dryRun: boolean,
): Promise<Termination & Elsewhere> {
  const { steerElsewhere } = await import('../../workers/commands/steering/elsewhere.ts');
  return steerElsewhere(app, words, (session_id) => {
    assertWithout(session_id, { '--dry-run': dryRun });
    return { kind: 'terminate', session_id, reason: null };
  });
}

/** Shows what would be ended, and asks. @throws INVALID_REQUEST without a terminal to ask at. */
function isWanted(call: Call<unknown>, sessions: readonly SessionRow[]): Promise<boolean> {
  const number = allOf(sessions.length);
  const { stderr } = call.context;
  const rows = sessions.map(({ id, state, provider_id, coordinator_id, task }) => [
    id,
    stateLabel(state, stderr),
    provider_id,
    coordinator_id,
    task,
  ]);
  const columns = ['SESSION', 'STATE', 'PROVIDER', 'STARTED BY', 'TASK'];
  return confirmed(call, {
    lines: () => [table(columns, rows, columnsOf(stderr))],
    question: `End ${number}, and every process that they started? Files and worktrees are kept.`,
    alone: wrong(
      `terminate --all would end ${number}, and there is no terminal to ask at. Nothing was ended. Add --yes to end all of them.`,
      'agentpool terminate --all --yes',
    ),
  });
}

const allOf = (count: number): string => (count === 1 ? '1 worker' : `all ${count} workers`);

const wrong = (message: string, example: string) =>
  new AgentPoolError('INVALID_REQUEST', message, { example });

function inWords({ terminated: ended, failed }: Terminations, { context }: Call<unknown>): string {
  if (ended.length + failed.length === 0) return 'No worker runs: there is nothing to end.';
  const color = paint(context.stdout);
  return [
    ...ended.map(terminated),
    ...failed.flatMap(({ session_id, code, message }) => [
      `${color.red('not ended')} ${session_id}: ${message}`,
      `  try again  ${shell`agentpool terminate ${session_id}`}   more  ${shell`agentpool help error ${code}`}`,
    ]),
  ].join('\n');
}

function terminated({
  session_id,
  state,
  current_state,
  already_terminated,
  dry_run,
  ended,
  machine,
}: Termination & Partial<Elsewhere>): string {
  const where = machine === undefined ? '' : ` on ${machine}`;
  if (already_terminated) return `${session_id} had already ended${where} (${state})`;
  if (current_state === 'QUEUED')
    return dry_run
      ? `would drop ${session_id} from the queue`
      : `dropped ${session_id} from the queue${where}`;
  const processes = ended.map(
    ({ pid, command, signal }) => `  ${signal.padEnd(7)} ${pid}  ${command.slice(0, 60)}`,
  );
  const head = dry_run ? `would end ${session_id} and` : `ended ${session_id}${where} (${state}) and`;
  return [`${head} ${ended.length} ${ended.length === 1 ? 'process' : 'processes'}`, ...processes].join('\n');
}
