import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import { AgentPoolError } from '../../../lib/errors.ts';
import { count, noted, nullable, oneOf as oneOfWords } from '../../../lib/shapes.ts';
import { shell } from '../../../lib/text/shell.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { collectedLines } from '../../../report/views/workers/collected.ts';
import { observedLines } from '../../../report/views/workers/observed.ts';
import { BatchReport } from '../../../workers/batch/report-schema.ts';
import { Termination } from '../../../workers/commands/ending/terminate.ts';
import { describe, Observed } from '../../../workers/commands/observe.ts';
import { Collected } from '../../../workers/commands/results/collect.ts';
import { SpawnReport, spawnReport } from '../../../workers/commands/spawning/spawn-report.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { details } from '../../../workers/core/details.ts';
import { sessionNamed } from '../../../workers/core/sessions/named-session.ts';
import {
  finishRun,
  RUN_EXITS,
  type RunExit,
  runEnds,
  runExit,
  takenOverBy,
} from '../../../workers/watch/run/run.ts';
import { flag, oneOf, value, wholeNumber } from '../../grammar/option.ts';
import { starterFor } from '../../workers/spawn/queueing.ts';
import { spawnRequest } from '../../workers/spawn/spawn-request.ts';
import { wordsForPerson } from '../../workers/terminal/at-a-terminal.ts';
import {
  type Interrupt,
  noteHeadroom,
  onInterrupt,
  spawnThrough,
  waitInView,
} from '../../workers/wait-in-view.ts';
import { SpawnCommand } from '../shared/spawn-options.ts';

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

const AnyRunReport = Type.Union([RunReport, BatchReport], {
  description: 'A worker from its spawn to its end; with --tasks, the tasks of a file and how each ended.',
});

export default class Run extends SpawnCommand<RunReport | BatchReport> {
  static override paths = [['run']];
  static override report = AnyRunReport;
  /** EX_USAGE of sysexits.h, because exit code 2 of `run` means that the worker asks a question. */
  static override usageExit = 64;
  static override usage = Command.Usage({
    category: 'Work',
    description: 'Start a worker and wait until it has finished',
    details: `
      The exit code says how it ended: ${exits}; 1 when it could not start, 64 for a wrong command line. A worker that asks something keeps running, and the output says how to answer it. Every other worker is collected and terminated; its worktree stays, until \`agentpool worktrees cleanup\` removes it. Ctrl-C leaves it running.

      With --tasks it runs the tasks of a YAML file, each with a named provider: see docs/batch.md. The exit code is 0 only if all are completed; else it is that of the first of these that is true of any task: question, approval, not started (1), failed, limit, timeout. Run again with the same file, it goes on where it was.
    `,
    examples: [
      ['Review from a script', '$0 run --provider fake-completed --task "Review the last commit"'],
      [
        'Change files in a separate worktree, for at most ten minutes',
        '$0 run --provider fake-patch --isolation worktree --role implementer --task "Fix the test" --timeout 600',
      ],
      ['Run the tasks of a file', '$0 run --tasks tasks.yaml'],
    ],
  });

  override provider = value('--provider', 'the agent: see agentpool providers', { initially: '' });
  tasks = value('--tasks', 'run the tasks of this YAML file: see docs/batch.md');
  retryFailed = flag('--retry-failed', 'with --tasks: start failed tasks of an earlier run again');
  timeout = value('--timeout', 'stop waiting after this many seconds (no limit)', { takes: wholeNumber(1) });
  keep = flag('--keep', 'collect the result, and keep the worker running');
  detail = value('--detail', `how much to print: ${details.join(', ')}`, {
    takes: oneOf(details),
    initially: 'summary',
  });

  async run(app: AppContext): Promise<number> {
    const { tasks, keep, retryFailed, detail } = this;
    if (tasks !== undefined) {
      // A bundle of its own: a run of one task needs no YAML.
      const { run } = await import('../../workers/run-tasks.ts');
      return run(this, { tasks, keep, retryFailed, others: this.#besideTasks() }, app);
    }
    if (retryFailed)
      throw usage('--retry-failed goes with --tasks.', 'agentpool run --tasks tasks.yaml --retry-failed');
    if (this.provider === '')
      throw usage(
        'agentpool run needs --provider PROVIDER, or --tasks FILE.',
        'agentpool run --provider fake-question --task "Look for the parser"',
      );
    const request = await spawnRequest(this, 'run', app, this.context.stdin);
    const start = await starterFor(this, 'run', app);
    const interrupt = onInterrupt();
    const first = await spawnThrough(start, request, interrupt);
    noteHeadroom(this, app, first);
    const { id, seen, interrupted } = await this.#waitForChain(app, first, interrupt);
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

  /** Waits for the worker, and for those that its work is handed over to. */
  async #waitForChain(app: AppContext, first: string, interrupt: Interrupt) {
    const until = performance.now() + (this.timeout ?? Number.POSITIVE_INFINITY) * 1000;
    for (let id = first; ; ) {
      const seconds = Math.max(0, (until - performance.now()) / 1000);
      const session = sessionNamed(app, id);
      const waited = await waitInView(this, app, session, { awaited: runEnds(), seconds, interrupt });
      const next = waited.interrupted ? null : await takenOverBy(app, id, interrupt.signal);
      if (next === null) return { id, ...waited };
      const { provider_id } = sessionNamed(app, next);
      if (!this.json) this.context.stderr.write(`${id} is handed over to ${next} (${provider_id})\n`);
      id = next;
    }
  }

  /** The options that were given beside --tasks although the file says them. */
  #besideTasks(): string[] {
    const given: [string, unknown, unknown?][] = [
      ['--provider', this.provider, ''],
      ['--task', this.task],
      ['--task-file', this.taskFile],
      ['--task-stdin', this.taskStdin, false],
      ['--repo', this.repo, '.'],
      ['--role', this.role, 'explorer'],
      ['--runtime', this.runtime, 'tmux'],
      ['--isolation', this.isolation],
      ['--model', this.model],
      ['--account', this.account],
      ['--allowed-file', this.allowedFile.length, 0],
      ['--max-runtime-seconds', this.maxRuntimeSeconds],
      ['--max-turns', this.maxTurns],
      ['--supervision', this.supervision, 'interactive'],
      ['--initial-prompt-mode', this.initialPromptMode, 'provider_default'],
      ['--reasoning-effort', this.reasoningEffort],
      ['--service-tier', this.serviceTier],
      ['--setup', this.setup.length, 0],
      ['--skip-setup', this.skipSetup, false],
      ['--queue', this.queue, false],
      ['--not-before', this.notBefore],
      ['--deadline', this.deadline],
      ['--timeout', this.timeout],
      ['--detail', this.detail, 'summary'],
    ];
    return given.filter(([, is, initially]) => is !== initially).map(([name]) => name);
  }
}

const usage = (message: string, example: string) => new AgentPoolError('USAGE', message, { example });

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
