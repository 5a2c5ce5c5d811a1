import { Command } from 'clipanion';
import { GROUPS, type TokenReport, type Tokens, tokenReport } from '../usage/tokens/report.ts';
import type { House } from '../workers/house.ts';
import { windowOf } from '../workers/stats/window.ts';
import { HouseCommand } from './command.ts';
import { Option, oneOf } from './option.ts';
import { columnsOf } from './output/style.ts';
import { table } from './output/table.ts';
import { wrap } from './output/wrap.ts';
import { onlyProvider } from './usage-options.ts';

export default class TokensCommand extends HouseCommand {
  static override paths = [['tokens']];
  static override usage = Command.Usage({
    category: 'Limits',
    description: 'how many tokens the agents of this disk have used, and what they would have cost',
    details: `
      Reads what Claude Code and Codex write down, offline. That is telemetry: what is left of a limit is in \`agentpool usage-summary\`. Cost is at list prices of the API; a subscription does not bill it.
    `,
    examples: [
      ['Day by day', '$0 tokens --since 7d'],
      ['Where they went', '$0 tokens --since 30d --by project'],
    ],
  });

  since = Option.String('--since', { description: '7d, 12h, 1w, all, a day, or two days A/B (7d)' });
  by = Option.String('--by', 'day', { description: GROUPS.join(', '), validator: oneOf(GROUPS) });
  provider = Option.String('--provider', { description: 'of one provider only' });

  protected override truthful = false;

  run(house: House): undefined {
    const window = windowOf({ since: this.since }, new Date(), 0);
    const providers = onlyProvider(house.config, this.provider);
    this.print(tokenReport(house, { window, by: this.by, providers }), (report) => this.#table(report));
  }

  #table({ by, rows, totals, unpriced_models }: TokenReport): string {
    const columns = columnsOf(this.context.stdout);
    if (rows.length === 0) return 'No agent has written down any tokens in this time.';
    const cells = (label: string, provider: string, tokens: Tokens) => [
      label,
      provider,
      ...[tokens.input, tokens.cache_read, tokens.output].map(short),
      tokens.usd === null
        ? 'unpriced'
        : `$${tokens.usd.toFixed(2)}${tokens.unpriced_answers > 0 ? ' +' : ''}`,
    ];
    const lines = rows.map((row) => cells(row.group ?? 'unknown', row.provider_id, row));
    const header = [by.toUpperCase(), 'PROVIDER', 'IN', 'CACHED', 'OUT', 'LIST PRICE'];
    const unpriced =
      unpriced_models.length > 0 ? wrap(`+ without a price: ${unpriced_models.join(', ')}`, columns) : [];
    return [table(header, [...lines, cells('all', '', totals)], columns, 0), ...unpriced].join('\n');
  }
}

/** 812, 4.2k, 31M. */
function short(count: number): string {
  if (count < 1000) return String(count);
  const [unit, by] = count < 1e6 ? ['k', 1e3] : count < 1e9 ? ['M', 1e6] : ['G', 1e9];
  const value = count / (by as number);
  return `${value < 10 ? value.toFixed(1) : Math.round(value)}${unit}`;
}
