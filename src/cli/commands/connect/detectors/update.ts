import { Command } from 'clipanion';
import type { AppContext } from '../../../../workers/core/context.ts';
import { LedgerCommand } from '../../../grammar/ledger-command.ts';
import { flag, value } from '../../../grammar/option.ts';
import { RulesTaken, run } from '../../../workers/detectors/update.ts';

export default class DetectorsUpdate extends LedgerCommand<RulesTaken> {
  static override paths = [['detectors', 'update']];
  static override report = RulesTaken;
  static override usage = Command.Usage({
    category: 'Connect',
    description: 'Take newer rules for one agent, without a release of AgentPool',
    details: `
      The rules take the place of those that came with AgentPool; your own still lie over them. What they change is shown first, also for the screens that are kept here, and then you are asked; without a terminal it needs --yes. From an address they are taken only over https, and only if they have the digest that --digest names.

      They are dropped once AgentPool brings rules that were tried with a newer version of the agent, or with --undo.
    `,
    examples: [
      ['Show what a file would change', '$0 detectors update --from codex-cli.yaml --dry-run'],
      [
        'Take rules from an address',
        '$0 detectors update --from https://example.org/codex-cli.yaml --digest DIGEST',
      ],
      ['Go back to the rules as shipped', '$0 detectors update --undo codex-cli'],
    ],
  });

  from = value('--from', 'a file or an https address with rules');
  digest = value('--digest', 'the sha256 that the rules must have');
  undo = value('--undo', 'the agent whose rules go back to those that came with AgentPool');
  dryRun = flag('--dry-run', 'show what would change, and take nothing');
  yes = flag('--yes,-y', 'do not ask');

  run(app: AppContext): Promise<number | undefined> {
    return run(this, this, app);
  }
}
