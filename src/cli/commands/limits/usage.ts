import { Command } from 'clipanion';
import type { UsageSample } from '../../../agents/contract/limits/sample.ts';
import { usageDetails } from '../../../report/views/limits/usage-details.ts';
import { currentWindows } from '../../../usage/capacity/current.ts';
import { Snapshots } from '../../../usage/capacity/schema.ts';
import { usageSnapshots } from '../../../usage/capacity/summary.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { flag } from '../../grammar/option.ts';
import { UsageCommand } from '../shared/usage-options.ts';

export default class Usage extends UsageCommand<Snapshots> {
  static override paths = [['usage']];
  static override report = Snapshots;
  static override usage = Command.Usage({
    category: 'Limits',
    description: 'Ask each provider and show every answer',
    details: `
      Asks the agents first, then reads what they wrote on this disk. No question costs a model turn. New answers are recorded in the ledger; \`agentpool usage-summary\` shows them, and who can be used.
    `,
    examples: [
      ['Ask every provider', '$0 usage'],
      ['Ask one, without starting it in a terminal', '$0 usage --provider codex-cli --no-interactive'],
      ['Show what is recorded, without asking', '$0 usage --cached'],
    ],
  });

  cached = flag('--cached', 'ask no provider: show what the ledger has');

  async run(app: AppContext): Promise<undefined> {
    const snapshots = await usageSnapshots(app, { ...this.request(app), cached: this.cached });
    const now = new Date();
    const limits = (sample: UsageSample) => currentWindows(app.ledger, sample, now).map(({ words }) => words);
    await this.show(snapshots, (found) => usageDetails(found, limits, now, this.context.stdout));
  }
}
