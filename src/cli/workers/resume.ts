import { AgentPoolError } from '../../lib/errors.ts';
import { shell } from '../../lib/text/shell.ts';
import { local } from '../../report/text/time.ts';
import { resumeLost } from '../../workers/commands/resume/lost.ts';
import { foreseeResume, resumeWorker } from '../../workers/commands/resume/resume.ts';
import type { Resumed, ResumeReport } from '../../workers/commands/resume/schema.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { sessionNamed } from '../../workers/core/sessions/named-session.ts';
import type { Call } from '../output/call.ts';
import { taskGiven } from './spawn/spawn-request.ts';

interface Options {
  session: string | undefined;
  lost: boolean;
  dryRun: boolean;
  task: string | undefined;
  taskFile: string | undefined;
  taskStdin: boolean;
  conversation: string | undefined;
}

const ONE = 'agentpool resume @last --task "Now fix the tests"';

/** `agentpool resume`. Exit code 1 where a lost worker cannot go on: a script that resumes all of them learns of it. */
export async function run(
  call: Call<ResumeReport>,
  options: Options,
  app: AppContext,
): Promise<number | undefined> {
  assertOneWay(options);
  const { session, dryRun } = options;
  const task = await taskGiven(options, ONE, call.context.stdin);
  if (session === undefined) {
    const report = await resumeLost(app, { task, dryRun });
    call.print(report, inWords);
    return report.refused.length > 0 ? 1 : undefined;
  }
  const act = dryRun ? foreseeResume : resumeWorker;
  const asked = { task, conversation: options.conversation ?? null };
  const resumed = await act(app, sessionNamed(app, session), asked);
  call.print({ ok: true, dry_run: dryRun, resumed: [resumed], refused: [] }, inWords);
  return undefined;
}

function assertOneWay({ session, lost, conversation }: Options): void {
  const wrong = (message: string, example: string) =>
    new AgentPoolError('INVALID_REQUEST', message, { example });
  if (session === undefined && !lost)
    throw wrong('Which worker? Name it, or resume all lost ones with --lost.', 'agentpool resume --lost');
  if (session !== undefined && lost)
    throw wrong('Name a worker or give --lost, not both.', 'agentpool resume --lost');
  if (lost && conversation !== undefined)
    throw wrong('A conversation belongs to one worker: name it in place of --lost.', ONE);
}

function inWords({ dry_run, resumed, refused }: ResumeReport): string {
  if (resumed.length + refused.length === 0) return 'No worker is lost.';
  return [
    ...resumed.flatMap((each) => linesOf(each, dry_run)),
    ...refused.map(({ session_id, message }) => `${session_id} cannot go on now: ${message}`),
  ].join('\n');
}

function linesOf(
  { session_id, run, mode, why, conversation_id, text, folder, waits_until: until, warnings }: Resumed,
  dry: boolean,
) {
  const where =
    mode === 'conversation'
      ? `in its conversation ${conversation_id}`
      : `in a new conversation with a brief (${why})`;
  const waits = until ? `it waits for its limit until ${local(until, new Date())}` : 'it waits at its prompt';
  const given = text === null ? waits : `it is given: ${firstLine(text)}`;
  return [
    `${session_id} ${dry ? 'would go on' : 'goes on'} as run ${run} ${where}, in ${folder}; ${given}`,
    ...warnings.map((warning) => `  ! ${warning}`),
    ...(dry ? [] : [`  wait for it  ${shell`agentpool observe ${session_id} --wait-for any --timeout 60`}`]),
  ];
}

/** Enough of a text to recognise it. */
const firstLine = (text: string): string => {
  const [line = ''] = text.split('\n', 1);
  return line.length > 60 ? `${line.slice(0, 60)}…` : line;
};
