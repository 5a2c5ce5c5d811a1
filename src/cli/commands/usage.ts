import { Command } from 'clipanion';
import type { UsageSample } from '../../agents/contract/limits/sample.ts';
import { usageDetails } from '../../report/views/usage-details.ts';
import { currentWindows } from '../../usage/capacity/current.ts';
import { Snapshots } from '../../usage/capacity/schema.ts';
import { usageSnapshots } from '../../usage/capacity/summary.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { Option } from '../grammar/option.ts';
import { UsageCommand } from './shared/usage-options.ts';

export default class Usage extends UsageCommand<Snapshots> {
  static override paths = [['usage']];
  static override report = Snapshots;
  static override usage = Command.Usage({
    category: 'See what is left',
    description: 'ask every provider what is left, and show each answer',
    details: `
      Asks the agents themselves first, then what they wrote on this disk. Nothing that is asked costs a model turn. What is new goes into the ledger; \`agentpool usage-summary\` shows it in one line a provider.
    `,
    examples: [
      ['Ask all', '$0 usage'],
      ['Ask one, without starting it in a terminal', '$0 usage --provider codex-cli --no-interactive'],
      ['What is known, without asking', '$0 usage --cached'],
    ],
  });

  cached = Option.Boolean('--cached', false, { description: 'ask nobody: what the ledger has' });

  async run(app: AppContext): Promise<undefined> {
    const snapshots = await usageSnapshots(app, { ...this.request(app), cached: this.cached });
    const now = new Date();
    const limits = (sample: UsageSample) => currentWindows(app.ledger, sample, now).map(({ words }) => words);
    await this.show(snapshots, (found) => usageDetails(found, limits, now, this.context.stdout));
  }
}
