import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import { Observed } from '../../../workers/commands/observe.ts';
import { SpawnReport } from '../../../workers/commands/spawning/spawn-report.ts';
import { elsewhere } from '../../../workers/commands/steering/schema.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { details } from '../../../workers/core/details.ts';
import { optionalValue, value, wholeNumber } from '../../grammar/option.ts';
import { run, WAIT_SECONDS } from '../../workers/spawn/spawn.ts';
import { SpawnCommand } from '../shared/spawn-options.ts';

const WaitedSpawn = Type.Object(
  { ...SpawnReport.properties, ...elsewhere, observation: Type.Optional(Observed) },
  {
    description: 'The new worker, and how to steer it; with `--wait`, what the wait observed.',
  },
);
type WaitedSpawn = Static<typeof WaitedSpawn>;

export default class Spawn extends SpawnCommand<WaitedSpawn> {
  static override paths = [['spawn']];
  static override report = WaitedSpawn;
  static override usage = Command.Usage({
    category: 'Work',
    description: 'Start a worker on a task',
    details: `
      Starts the agent in its own terminal and gives it the task. Returns as soon as the agent runs; with --wait, when it needs you. Watch it with \`agentpool observe\`. You choose provider and model: AgentPool never does.

      With --machine, another machine of the fleet starts it, if \`fleet.accept\` in its config.yaml has \`spawn\`: --repo is then a path of that machine, and its policy and config.yaml apply. --timeout is the time that it has to answer (30 seconds).
    `,
    examples: [
      ['Let a fake agent ask a question', '$0 spawn --provider fake-question --task "Look for the parser"'],
      [
        'Spawn a worker and wait until it needs you',
        '$0 spawn --provider fake-question --task "Look for the parser" --wait',
      ],
      [
        'Let a worker edit files in a separate git worktree',
        '$0 spawn --provider fake-patch --isolation worktree --role implementer --task "Fix the test"',
      ],
      [
        'Prepare the worktree before the worker gets its task',
        '$0 spawn --provider fake-patch --isolation worktree --setup "git --version" --task "Fix the test"',
      ],
      ['Read the task from a file', '$0 spawn --provider fake-completed --task-file task.md'],
    ],
  });

  machine = value('--machine', 'start it on this machine of the fleet: see agentpool fleet machines');
  wait = optionalValue('--wait', 'wait for the worker, as `observe --wait-for` does (any)');
  timeout = value('--timeout', `with --wait: how many seconds to wait (${WAIT_SECONDS})`, {
    takes: wholeNumber(),
  });
  detail = value('--detail', `with --wait: how much to print: ${details.join(', ')}`, {
    initially: 'summary',
  });

  run(app: AppContext): Promise<number | undefined> {
    return run(this, this, app);
  }
}
