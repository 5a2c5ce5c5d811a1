import { Command } from 'clipanion';
import { Snapshots } from '../usage/capacity-schema.ts';
import type { UsageSample } from '../usage/sample.ts';
import { standingWindows } from '../usage/standing.ts';
import { usageSnapshots } from '../usage/summary.ts';
import type { House } from '../workers/house.ts';
import { Option } from './option.ts';
import { usageDetails } from './output/usage-details.ts';
import { UsageCommand } from './usage-options.ts';

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

  async run(house: House): Promise<undefined> {
    const snapshots = await usageSnapshots(house, { ...this.wish(house), cached: this.cached });
    const now = new Date();
    const limits = (sample: UsageSample) =>
      standingWindows(house.ledger, sample, now).map(({ words }) => words);
    await this.show(snapshots, (found) => usageDetails(found, limits, now, this.context.stdout));
  }
}
