import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import { AgentPoolError } from '../../lib/errors.ts';
import { count, noted, nullable, oneOf as oneOfWords } from '../../lib/shapes.ts';
import { shell } from '../../lib/text/shell.ts';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import { collectedLines } from '../../report/views/collected.ts';
import { observedLines } from '../../report/views/observed.ts';
import { Collected } from '../../workers/commands/collect.ts';
import { describe, Observed } from '../../workers/commands/observe.ts';
import { SpawnReport, spawnReport } from '../../workers/commands/spawn-report.ts';
import { Termination } from '../../workers/commands/terminate.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { details } from '../../workers/core/details.ts';
import { sessionNamed } from '../../workers/core/named-session.ts';
import { finishRun, RUN_EXITS, type RunExit, runEnds, runExit } from '../../workers/watch/run.ts';
import { flag, oneOf, value, wholeNumber } from '../grammar/option.ts';
import { wordsForPerson } from '../workers/at-a-terminal.ts';
import { spawnRequest } from '../workers/spawn-request.ts';
import {
  type Interrupt,
  noteHeadroom,
  onInterrupt,
  spawnThrough,
  waitInView,
} from '../workers/wait-in-view.ts';
import { SpawnCommand } from './shared/spawn-options.ts';

const exits = Object.entries(RUN_EXITS)
  .map(([reason, code]) => `${code} ${reason}`)
  .join(', ');

const RunReport = Type.Object(
  {
    ...SpawnReport.properties,
    observation: Observed,
    collect: noted(
      nullable(Collected),
      'Null while the worker keeps running: it waits for you, or you stopped waiting.',
    ),
    termination: nullable(Termination),
    exit_reason: oneOfWords(Object.keys(RUN_EXITS) as RunExit[]),
    exit_code: count,
  },
  { description: 'A worker from its spawn to its end, and how it ended.' },
);
type RunReport = Static<typeof RunReport>;

export default class Run extends SpawnCommand<RunReport> {
  static override paths = [['run']];
  static override report = RunReport;
  /** EX_USAGE of sysexits.h, because exit code 2 of `run` means that the worker asks a question. */
  static override usageExit = 64;
  static override usage = Command.Usage({
    category: 'Work',
    description: 'Start a worker and wait until it has finished',
    details: `
      The exit code says how it ended: ${exits}; 1 when it could not start, 64 for a wrong command line. A worker that asks something keeps running, and the output says how to answer it. Every other worker is collected and terminated; its worktree stays, until \`agentpool worktrees cleanup\` removes it. Ctrl-C leaves it running.
    `,
    examples: [
      ['Review from a script', '$0 run --provider fake-completed --task "Review the last commit"'],
      [
        'Change files in a separate worktree, for at most ten minutes',
        '$0 run --provider fake-patch --isolation worktree --role implementer --task "Fix the test" --timeout 600',
      ],
    ],
  });

  timeout = value('--timeout', 'stop waiting after this many seconds (no limit)', { takes: wholeNumber(1) });
  keep = flag('--keep', 'collect the result, and keep the worker running');
  detail = value('--detail', `how much to print: ${details.join(', ')}`, {
    takes: oneOf(details),
    initially: 'summary',
  });

  async run(app: AppContext): Promise<number> {
    const { detail } = this;
    const request = await spawnRequest(this, 'run', app, this.context.stdin);
    const interrupt = onInterrupt();
    const id = await spawnThrough(app, request, interrupt);
    noteHeadroom(this, app, id);
    const wait = { awaited: runEnds(), seconds: this.timeout ?? Number.POSITIVE_INFINITY, interrupt };
    const { seen, interrupted } = await waitInView(this, app, sessionNamed(app, id), wait);
    const exit: RunExit = interrupted ? 'interrupted' : runExit(seen);
    const session = sessionNamed(app, id);
    const observation = describe(session, seen, { detail, maxLines: null });
    const finishing = finishRun(app, session, exit, { detail, keep: this.keep });
    const finished = interrupted ? await finishing : await unlessInterrupted(finishing, session, interrupt);
    interrupt.forget();
    const reported = {
      ...spawnReport(app, id),
      observation,
      ...finished,
      exit_reason: exit,
      exit_code: RUN_EXITS[exit],
    };
    if (this.json || !interrupted) {
      const words = await wordsForPerson(this, app, sessionNamed(app, id));
      this.print(reported, ({ collect }) => {
        const { stdout } = this.context;
        const lines = collect
          ? collectedLines(collect, stdout, words)
          : observedLines(observation, session, stdout, words);
        return [...(exit in ENDINGS ? [`run: ${ENDINGS[exit]}`] : []), ...lines].join('\n');
      });
    }
    return RUN_EXITS[exit];
  }
}

/** The same, unless Ctrl-C comes first. @throws INTERRUPTED */
async function unlessInterrupted<T>(
  finishing: Promise<T>,
  { id }: SessionRow,
  { signal, forget }: Interrupt,
): Promise<T> {
  const pressed = new Promise<never>((_, fail) => {
    const stop = () =>
      fail(
        new AgentPoolError(
          'INTERRUPTED',
          `${id} has ended its turn. Interrupted while its work was collected: it is not collected, and may still run.`,
          { session_id: id, example: shell`agentpool collect ${id}` },
        ),
      );
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
  try {
    return await Promise.race([finishing, pressed]);
  } finally {
    forget();
  }
}

const ENDINGS: Partial<Record<RunExit, string>> = {
  question: 'the worker asks a question and keeps running',
  approval: 'the worker waits for an approval and keeps running',
  limit: 'the worker reached a limit of its subscription',
  failed: 'the worker ended without completing the task',
  timeout: 'the time limit passed',
};
