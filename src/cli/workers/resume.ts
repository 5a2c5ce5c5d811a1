import { AgentPoolError } from '../../lib/errors.ts';
import { shell } from '../../lib/text/shell.ts';
import { resumeLost } from '../../workers/commands/resume/lost.ts';
import { foreseeResume, resumeWorker } from '../../workers/commands/resume/resume.ts';
import type { Resumed, ResumeReport } from '../../workers/commands/resume/schema.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { sessionNamed } from '../../workers/core/named-session.ts';
import type { Call } from '../output/call.ts';
import { taskGiven } from './spawn-request.ts';

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

/** `agentpool resume` */
export async function run(call: Call<ResumeReport>, options: Options, app: AppContext): Promise<undefined> {
  assertOneWay(options);
  const { session, dryRun } = options;
  const task = await taskGiven(options, ONE, call.context.stdin);
  if (session === undefined) {
    call.print(await resumeLost(app, { task, dryRun }), inWords);
    return;
  }
  const act = dryRun ? foreseeResume : resumeWorker;
  const asked = { task, conversation: options.conversation ?? null };
  const resumed = await act(app, sessionNamed(app, session), asked);
  call.print({ ok: true, dry_run: dryRun, resumed: [resumed], refused: [] }, inWords);
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
  { session_id, run, mode, why, conversation_id, text, folder, warnings }: Resumed,
  dry: boolean,
) {
  const where =
    mode === 'conversation'
      ? `in its conversation ${conversation_id}`
      : `in a new conversation with a brief (${why})`;
  const given = text === null ? 'it waits at its prompt' : `it is given: ${firstLine(text)}`;
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
