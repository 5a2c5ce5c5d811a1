import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import { Termination } from '../../../workers/commands/ending/terminate.ts';
import { Terminations } from '../../../workers/commands/ending/terminate-all.ts';
import { elsewhere } from '../../../workers/commands/steering/schema.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { LedgerCommand } from '../../grammar/ledger-command.ts';
import { flag, optionalWorker } from '../../grammar/option.ts';
import { run } from '../../workers/terminate.ts';

const TerminationAnywhere = Type.Object(
  { ...Termination.properties, ...elsewhere },
  { description: 'The end of a worker and of everything that it started.' },
);

const AnyTermination = Type.Union([TerminationAnywhere, Terminations], {
  description: 'The end of a worker and of everything that it started; with --all, the ends of all workers.',
});

type AnyTermination = Static<typeof AnyTermination>;

export default class Terminate extends LedgerCommand<AnyTermination> {
  static override paths = [['terminate'], ['kill']];
  static override report = AnyTermination;
  static override usage = Command.Usage({
    category: 'Results',
    description: 'End a worker and every process it started',
    details: `
      Includes processes that left its process group, or that ignore HUP and TERM. Files and worktrees are kept. \`agentpool kill\` is the same.

      With --all it ends the workers of every coordinator, and drops every request that waits in the queue. It lists them and asks first; without a terminal it needs --yes. One that cannot be ended does not keep the others alive: the exit code is then 1.
    `,
    examples: [
      ['End the newest worker', '$0 terminate @last'],
      ['Show what would be ended', '$0 terminate @last --dry-run'],
      ['End every worker, without a question', '$0 terminate --all --yes'],
    ],
  });

  /** It does so itself: one worker that cannot be looked at does not keep the others alive. */
  protected override reconciles = false;

  session = optionalWorker();
  all = flag('--all', 'every worker that runs, of every coordinator, and every queued request');
  yes = flag('--yes,-y', 'with --all: do not ask');
  dryRun = flag('--dry-run', 'show what would be ended, and end nothing');

  run(app: AppContext): Promise<number | undefined> {
    return run(this, this, app);
  }
}
