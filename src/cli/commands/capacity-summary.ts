import { Command } from 'clipanion';
import UsageSummaryCommand from './usage-summary.ts';

/** The same under the name that agents look for when they ask who has room. */
export default class CapacitySummary extends UsageSummaryCommand {
  static override paths = [['capacity-summary']];
  static override usage = Command.Usage({
    category: 'Limits',
    description: 'Show the same as usage-summary',
    examples: [['List who is usable now', '$0 capacity-summary --json']],
  });
}
