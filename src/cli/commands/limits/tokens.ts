import { Command } from 'clipanion';
import { plainRecord } from '../../../report/text/plain.ts';
import { ProgressLine } from '../../../report/text/progress.ts';
import { columnsOf } from '../../../report/text/style.ts';
import { fit, table } from '../../../report/text/table.ts';
import { wrap } from '../../../report/text/wrap.ts';
import { shortCount } from '../../../report/views/history/tokens.ts';
import { GROUPS } from '../../../usage/tokens/report.ts';
import { TokenReport, type Tokens } from '../../../usage/tokens/tokens-schema.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { sessionNamed } from '../../../workers/core/sessions/named-session.ts';
import { reportTokens } from '../../../workers/queries/tokens.ts';
import { LedgerCommand } from '../../grammar/ledger-command.ts';
import { oneOf, optionalWorker, pagerFlag, plainFlag, value } from '../../grammar/option.ts';
import { onlyProvider } from '../shared/usage-options.ts';

export default class TokensCommand extends LedgerCommand<TokenReport> {
  static override paths = [['tokens']];
  static override report = TokenReport;
  static override usage = Command.Usage({
    category: 'Limits',
    description: 'Show tokens used and what they would cost',
    details: `
      Reads the logs that Claude Code, Codex, Copilot, Droid and OpenCode write, offline. This is telemetry: \`agentpool usage-summary\` shows what is left of a limit. Costs are API list prices; a subscription does not bill them.
    `,
    examples: [
      ['Show the last week by day', '$0 tokens --since 7d'],
      ['Show the last month by project', '$0 tokens --since 30d --by project'],
      ['Show what the newest worker used', '$0 tokens @last'],
    ],
  });

  session = optionalWorker();
  since = value('--since', '7d, 12h, 1w, all, a day, or two days A/B (7d)');
  by = value('--by', `group by ${GROUPS.join(', ')}`, { takes: oneOf(GROUPS), initially: 'day' });
  provider = value('--provider', 'only this provider');
  override plain = plainFlag('one row');
  override pager = pagerFlag();

  protected override reconciles = false;

  async run(app: AppContext): Promise<undefined> {
    const worker = this.session === undefined ? null : sessionNamed(app, this.session).id;
    const providers = onlyProvider(app.config, this.provider, 'tokens');
    const progress = new ProgressLine(this.context.stderr, 'reading what agents wrote', { unit: 'files' });
    const asked = { since: this.since, by: this.by, providers, worker };
    const reported = await reportTokens(app, asked, (done, all) => progress.at(done, all));
    progress.end();
    await this.show(reported, (report) => this.#table(report), plainly);
  }

  #table({ by, rows, totals, unpriced_models, unreadable_logs, worker }: TokenReport): string {
    const columns = columnsOf(this.context.stdout);
    if (rows.length === 0 && unreadable_logs.length === 0)
      return worker
        ? `No agent has written down any tokens of ${worker.id}.`
        : 'No agent has written down any tokens in this time.';
    const cells = (label: string, provider: string, tokens: Tokens) => [
      label,
      provider,
      ...[tokens.input, tokens.cache_read, tokens.output].map(shortCount),
      tokens.usd === null
        ? 'unpriced'
        : `$${tokens.usd.toFixed(2)}${tokens.unpriced_answers > 0 ? ' +' : ''}`,
    ];
    const lines = rows.map((row) =>
      cells(`${row.group ?? 'unknown'}${row.partial ? ' (part)' : ''}`, row.provider_id, row),
    );
    const header = [by.toUpperCase(), 'PROVIDER', 'IN', 'CACHED', 'OUT', 'LIST PRICE'];
    const unpriced =
      unpriced_models.length > 0 ? wrap(`+ without a price: ${unpriced_models.join(', ')}`, columns) : [];
    const blind = unreadable_logs.map(({ path, reason }) => fit(`! ${path}: ${reason}`, columns));
    return [table(header, [...lines, cells('all', '', totals)], columns, 0), ...unpriced, ...blind].join(
      '\n',
    );
  }
}

const plainly = ({ rows }: TokenReport): string[] =>
  rows.map(({ group, provider_id, input, cache_read, output, usd }) =>
    plainRecord(group, provider_id, input, cache_read, output, usd),
  );
