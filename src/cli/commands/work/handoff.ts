import { Command } from 'clipanion';
import { shell } from '../../../lib/text/shell.ts';
import { handOver, planHandover } from '../../../workers/commands/handoff/handoff.ts';
import { Handover, handoverPlanReport, handoverReport } from '../../../workers/commands/handoff/report.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { sessionNamed } from '../../../workers/core/sessions/named-session.ts';
import { LedgerCommand } from '../../grammar/ledger-command.ts';
import { flag, value, worker } from '../../grammar/option.ts';

export default class Handoff extends LedgerCommand<Handover> {
  static override paths = [['handoff']];
  static override report = Handover;
  static override usage = Command.Usage({
    category: 'Work',
    description: "Let another agent continue a worker's work",
    details: `
      Stops the worker, collects its work and ends it, then starts another one in the same folder and branch, with the same task and a brief of what was done, asked, found and left open. You name the provider and the model. The worker may be at work, at a limit, lost, failed or done.

      Everything that can be refused is refused before the worker is touched. If the new one cannot be started, the work stays where it is and can be handed over again.
    `,
    examples: [
      ['Read the brief, and hand over nothing', '$0 handoff @last --provider fake-patch --dry-run'],
      [
        'Go on with another agent, and say what matters',
        '$0 handoff @last --provider fake-patch --note "Keep the public names"',
      ],
    ],
  });

  session = worker();
  provider = value('--provider', 'the agent that takes over: see agentpool providers', { required: true });
  model = value('--model', "the agent's own name for the model");
  account = value('--account', 'the account of the provider');
  note = value('--note', 'what you want to say to the one that takes over');
  keep = flag('--keep', 'leave the old worker in its terminal; it gets nothing to do any more');
  dryRun = flag('--dry-run', 'print the brief, and touch nothing');

  async run(app: AppContext): Promise<undefined> {
    const session = sessionNamed(app, this.session);
    const request = {
      to: { provider: this.provider, model: this.model ?? null, account: this.account ?? null },
      note: this.note ?? null,
      keep: this.keep,
      because: 'caller' as const,
      tried: [],
    };
    if (this.dryRun) {
      const plan = await planHandover(app, session, request);
      this.print(handoverPlanReport(session.id, plan), () => plan.brief.text.trimEnd());
      return undefined;
    }
    const handed = await handOver(app, session, request);
    this.print(handoverReport(app, session.id, handed), (report) => handedLines(report).join('\n'));
    return undefined;
  }
}

function handedLines(report: Handover): string[] {
  if ('dry_run' in report) return [];
  const { session_id, kept, successor_id, successor, brief, attach_command, warnings } = report;
  const folder = successor.worktree_path ?? successor.repo_path;
  return [
    `${successor_id} goes on with the work of ${session_id}: ${successor.provider_id} in ${folder} (${successor.isolation})`,
    `  its brief    ${brief.path} (${brief.bytes} bytes)`,
    `  wait for it  ${shell`agentpool observe ${successor_id} --wait-for any --timeout 60`}`,
    `  watch it     ${attach_command}`,
    ...(kept ? [`  ${session_id} stays in its terminal, and gets nothing to do any more`] : []),
    ...warnings.map((warning) => `  ! ${warning}`),
  ];
}
