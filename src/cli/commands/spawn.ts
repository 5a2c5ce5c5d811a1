import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import { AgentPoolError } from '../../lib/errors.ts';
import { shell } from '../../lib/text/shell.ts';
import { observedLines } from '../../report/views/observed.ts';
import { describe, Observed } from '../../workers/commands/observe.ts';
import { spawnWorker } from '../../workers/commands/spawn.ts';
import { SpawnReport, spawnReport } from '../../workers/commands/spawn-report.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { details } from '../../workers/core/details.ts';
import { sessionNamed } from '../../workers/core/named-session.ts';
import { awaitedBy } from '../../workers/sight/wait-for.ts';
import { Option, valueBehind, wholeNumber } from '../grammar/option.ts';
import { detailNamed } from './observe.ts';
import { SpawnCommand } from './shared/spawn-options.ts';
import { INTERRUPTED, onInterrupt, waitInView } from './shared/wait-in-view.ts';

const WAIT_SECONDS = 300;

const WaitedSpawn = Type.Object(
  { ...SpawnReport.properties, observation: Type.Optional(Observed) },
  {
    description:
      'The worker that runs now, and how it can be steered; with `--wait`, what it was waited for.',
  },
);
type WaitedSpawn = Static<typeof WaitedSpawn>;

export default class Spawn extends SpawnCommand<WaitedSpawn> {
  static override paths = [['spawn']];
  static override report = WaitedSpawn;
  static override usage = Command.Usage({
    category: 'Hand over work',
    description: 'hand a task to an agent of another subscription',
    details: `
      Starts the agent in a terminal of its own and gives it the task. Returns as soon as it runs, or, with --wait, when
      it needs somebody; watch it with \`agentpool observe\`. You choose provider and model: AgentPool never does.
    `,
    examples: [
      ['Let a fake agent ask a question', '$0 spawn --provider fake-question --task "Look for the parser"'],
      [
        'Spawn and wait until it needs you',
        '$0 spawn --provider fake-question --task "Look for the parser" --wait',
      ],
      [
        'Let a worker edit in a git worktree of its own',
        '$0 spawn --provider fake-patch --isolation worktree --role implementer --task "Mend the test"',
      ],
      ['Take the task from a file', '$0 spawn --provider fake-completed --task-file task.md'],
    ],
  });

  wait = Option.String('--wait', {
    tolerateBoolean: true,
    description: 'wait for it as `observe --wait-for` does: any, or such words after it',
  });
  events = valueBehind('--wait', Option.String({ required: false, name: 'EVENTS' }));
  timeout = Option.String('--timeout', {
    description: `with --wait, seconds to wait (${WAIT_SECONDS})`,
    validator: wholeNumber(),
  });
  detail = Option.String('--detail', 'summary', { description: `with --wait: ${details.join(', ')}` });

  async run(app: AppContext): Promise<number | undefined> {
    const awaited = this.#awaited();
    const detail = detailNamed(this.detail);
    const request = await this.request(app);
    const interrupt = awaited ? onInterrupt() : undefined;
    const id = await spawnWorker(app, request);
    if (!awaited || !interrupt) {
      this.print(spawnReport(app, id), (report) => runs(report).join('\n'));
      return undefined;
    }
    const seconds = this.timeout ?? WAIT_SECONDS;
    const { seen, interrupted } = await waitInView(this, app, sessionNamed(app, id), {
      awaited,
      seconds,
      interrupt,
    });
    const session = sessionNamed(app, id);
    const observation = describe(session, seen, { detail, maxLines: null });
    if (this.json || !interrupted)
      this.print({ ...spawnReport(app, id), observation }, () =>
        observedLines(observation, session, this.context.stdout).join('\n'),
      );
    return interrupted ? INTERRUPTED : undefined;
  }

  /** What is waited for; null without --wait. */
  #awaited() {
    const { wait, events } = this;
    if (wait === undefined) {
      if (events === undefined) return null;
      throw new AgentPoolError(
        'INVALID_REQUEST',
        `${JSON.stringify(events)} belongs to no flag; the task stands behind --task.`,
        { example: 'agentpool spawn --provider fake-question --task "Look for the parser"' },
      );
    }
    return awaitedBy([wait, events].filter((word) => typeof word === 'string'));
  }
}

const runs = ({ session_id, session, attach_command }: SpawnReport): string[] => [
  `${session_id} runs: ${session.provider_id} in ${session.worktree_path ?? session.repo_path} (${session.isolation})`,
  `  watch it  ${shell`agentpool observe ${session_id} --wait-for any --timeout 60`}`,
  `  look at it  ${attach_command}`,
];
