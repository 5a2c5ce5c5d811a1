import { Command } from 'clipanion';
import UsageSummaryCommand from './usage-summary.ts';

/** An alias of usage-summary, under the name that agents guess when they look for free capacity. */
export default class CapacitySummary extends UsageSummaryCommand {
  static override paths = [['capacity-summary']];
  static override usage = Command.Usage({
    category: 'Limits',
    description: 'Show the same as usage-summary',
    examples: [['List who is usable now', '$0 capacity-summary --json']],
  });
}
