import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import { count, noted, nullable, oneOf as oneOfWords } from '../events/shapes.ts';
import { Collected } from '../workers/collect.ts';
import { details } from '../workers/details.ts';
import type { House } from '../workers/house.ts';
import { sessionNamed } from '../workers/named-session.ts';
import { describe, Observed } from '../workers/observe.ts';
import { finishRun, RUN_EXITS, type RunExit, runEnds, runExit } from '../workers/run.ts';
import { spawnWorker } from '../workers/spawn.ts';
import { SpawnReport, spawnReport } from '../workers/spawn-report.ts';
import { Termination } from '../workers/terminate.ts';
import { Option, oneOf, wholeNumber } from './option.ts';
import { collectedLines } from './output/collected.ts';
import { observedLines } from './output/observed.ts';
import { SpawnCommand } from './spawn-options.ts';
import { hearInterrupt, waitInView } from './wait-in-view.ts';

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

  async run(house: House): Promise<number> {
    const { detail } = this;
    const wish = await this.wish(house);
    const interrupt = hearInterrupt();
    const id = await spawnWorker(house, wish);
    const wait = { awaited: runEnds(), seconds: this.timeout ?? Number.POSITIVE_INFINITY, interrupt };
    const { seen, interrupted } = await waitInView(this, house, sessionNamed(house, id), wait);
    const exit: RunExit = interrupted ? 'interrupted' : runExit(seen);
    const session = sessionNamed(house, id);
    const observation = describe(session, seen, { detail, maxLines: null });
    const finished = await finishRun(house, session, exit, { detail, keep: this.keep });
    const told = {
      ...spawnReport(house, id),
      observation,
      ...finished,
      exit_reason: exit,
      exit_code: RUN_EXITS[exit],
    };
    if (this.json || !interrupted)
      this.print(told, ({ collect }) => {
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
