import { shell } from '../../../lib/text/shell.ts';
import { observedLines } from '../../../report/views/workers/observed.ts';
import { describe, type Observed } from '../../../workers/commands/observe.ts';
import { type SpawnReport, spawnReport } from '../../../workers/commands/spawning/spawn-report.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { parseDetail } from '../../../workers/core/details.ts';
import { sessionNamed } from '../../../workers/core/sessions/named-session.ts';
import { parseWaitFor } from '../../../workers/sight/wait-for.ts';
import type { Call } from '../../output/call.ts';
import { wordsForPerson } from '../terminal/at-a-terminal.ts';
import { noteHeadroom, onInterrupt, spawnThrough, waitExit, waitInView } from '../wait-in-view.ts';
import { type QueueWords, starterFor } from './queueing.ts';
import { type SpawnWords, spawnRequest } from './spawn-request.ts';

/** How long --wait waits without --timeout. */
export const WAIT_SECONDS = 300;

interface Options extends SpawnWords, QueueWords {
  wait: string | true | undefined;
  timeout: number | undefined;
  detail: string;
  machine: string | undefined;
}

/** `agentpool spawn`. With --wait, returns 124 after a timeout, and 130 after Ctrl-C. */
export async function run(
  call: Call<SpawnReport & { observation?: Observed }>,
  options: Options,
  app: AppContext,
): Promise<number | undefined> {
  if (options.machine !== undefined) {
    const { spawnThere } = await import('./spawn-elsewhere.ts');
    return spawnThere(call, { ...options, machine: options.machine }, app);
  }
  const { wait } = options;
  const awaited = wait === undefined ? null : parseWaitFor(wait === true ? [] : [wait]);
  const detail = parseDetail(options.detail);
  const request = await spawnRequest(options, 'spawn', app, call.context.stdin);
  const start = await starterFor(options, 'spawn', app);
  const interrupt = awaited ? onInterrupt() : undefined;
  const id = interrupt ? await spawnThrough(start, request, interrupt) : await start(request);
  if (!awaited || !interrupt) {
    call.print(spawnReport(app, id), (report) => running(report).join('\n'));
    return undefined;
  }
  noteHeadroom(call, app, id);
  const seconds = options.timeout ?? WAIT_SECONDS;
  const waiting = { awaited, seconds, interrupt };
  const { seen, interrupted } = await waitInView(call, app, sessionNamed(app, id), waiting);
  interrupt.forget();
  const session = sessionNamed(app, id);
  const observation = describe(session, seen, { detail, maxLines: null });
  if (call.json || !interrupted) {
    const words = await wordsForPerson(call, app, session);
    call.print({ ...spawnReport(app, id), observation }, () =>
      observedLines(observation, session, call.context.stdout, words).join('\n'),
    );
  }
  return waitExit(seen, interrupted);
}

const running = (report: SpawnReport): string[] =>
  report.session.state === 'QUEUED' ? queued(report) : started(report);

const queued = ({ session_id, session, warnings }: SpawnReport): string[] => [
  `${session_id} is queued: ${session.queued?.reason ?? 'it cannot start yet'}`,
  `  wait for it  ${shell`agentpool observe ${session_id} --wait-for any --timeout 3600`}`,
  '  see all      agentpool queue',
  `  drop it      ${shell`agentpool queue remove ${session_id}`}`,
  ...warnings.map((warning) => `  ! ${warning}`),
];

const started = ({ session_id, session, attach_command, warnings }: SpawnReport): string[] => [
  `${session_id} runs: ${session.provider_id} in ${session.worktree_path ?? session.repo_path} (${session.isolation})`,
  `  wait for it  ${shell`agentpool observe ${session_id} --wait-for any --timeout 60`}`,
  `  watch it     ${attach_command}`,
  ...warnings.map((warning) => `  ! ${warning}`),
];
