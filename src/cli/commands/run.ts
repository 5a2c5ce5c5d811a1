import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import { count, noted, nullable, oneOf as oneOfWords } from '../../lib/shapes.ts';
import { collectedLines } from '../../report/views/collected.ts';
import { observedLines } from '../../report/views/observed.ts';
import { Collected } from '../../workers/commands/collect.ts';
import { describe, Observed } from '../../workers/commands/observe.ts';
import { spawnWorker } from '../../workers/commands/spawn.ts';
import { SpawnReport, spawnReport } from '../../workers/commands/spawn-report.ts';
import { Termination } from '../../workers/commands/terminate.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { details } from '../../workers/core/details.ts';
import { sessionNamed } from '../../workers/core/named-session.ts';
import { finishRun, RUN_EXITS, type RunExit, runEnds, runExit } from '../../workers/watch/run.ts';
import { Option, oneOf, wholeNumber } from '../grammar/option.ts';
import { SpawnCommand } from './shared/spawn-options.ts';
import { onInterrupt, waitInView } from './shared/wait-in-view.ts';

const exits = Object.entries(RUN_EXITS)
  .map(([reason, code]) => `${code} ${reason}`)
  .join(', ');

const RunReport = Type.Object(
  {
    ...SpawnReport.properties,
    observation: Observed,
    collect: noted(
      nullable(Collected),
      'Null while the worker waits for somebody, or works on without anybody who waits.',
    ),
    termination: nullable(Termination),
    exit_reason: oneOfWords(Object.keys(RUN_EXITS) as RunExit[]),
    exit_code: count,
  },
  { description: 'A worker from its spawn to its end, and how that was.' },
);
type RunReport = Static<typeof RunReport>;

export default class Run extends SpawnCommand<RunReport> {
  static override paths = [['run']];
  static override report = RunReport;
  /** EX_USAGE of sysexits.h: 2 is a question. */
  static override usageExit = 64;
  static override usage = Command.Usage({
    category: 'Hand over work',
    description: 'the whole life of a worker in one command, for scripts',
    details: `
      The exit code tells how it ended: ${exits}; 1 where it could not be started, 64 for words that the command does not take. A worker that asks something stays
      alive, and what is printed says how to answer it and how to go on; every other one is gathered and ended.
      Ctrl-C leaves it at work.
    `,
    examples: [
      ['A review for a script', '$0 run --provider fake-completed --task "Review the last commit"'],
      [
        'A change in a worktree of its own, at most ten minutes',
        '$0 run --provider fake-patch --isolation worktree --role implementer --task "Mend the test" --timeout 600',
      ],
    ],
  });

  timeout = Option.String('--timeout', {
    description: 'give up after so many seconds (however long it takes)',
    validator: wholeNumber(1),
  });
  keep = Option.Boolean('--keep', false, { description: 'gather what it made, but leave it alive' });
  detail = Option.String('--detail', 'summary', {
    description: details.join(', '),
    validator: oneOf(details),
  });

  async run(app: AppContext): Promise<number> {
    const { detail } = this;
    const request = await this.request(app);
    const interrupt = onInterrupt();
    const id = await spawnWorker(app, request);
    const wait = { awaited: runEnds(), seconds: this.timeout ?? Number.POSITIVE_INFINITY, interrupt };
    const { seen, interrupted } = await waitInView(this, app, sessionNamed(app, id), wait);
    const exit: RunExit = interrupted ? 'interrupted' : runExit(seen);
    const session = sessionNamed(app, id);
    const observation = describe(session, seen, { detail, maxLines: null });
    const finished = await finishRun(app, session, exit, { detail, keep: this.keep });
    const reported = {
      ...spawnReport(app, id),
      observation,
      ...finished,
      exit_reason: exit,
      exit_code: RUN_EXITS[exit],
    };
    if (this.json || !interrupted)
      this.print(reported, ({ collect }) => {
        const { stdout } = this.context;
        const lines = collect ? collectedLines(collect, stdout) : observedLines(observation, session, stdout);
        return [...(exit in ENDINGS ? [`run: ${ENDINGS[exit]}`] : []), ...lines].join('\n');
      });
    return RUN_EXITS[exit];
  }
}

const ENDINGS: Partial<Record<RunExit, string>> = {
  question: 'it asks something and stays alive',
  approval: 'it waits for an approval and stays alive',
  limit: 'it has come to a limit of its subscription',
  failed: 'it ended without being completed',
  timeout: 'the time was up',
};
