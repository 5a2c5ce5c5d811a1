import { run } from '../../agents/contract/limits/converse.ts';
import {
  answer,
  failure,
  type UsageReading,
  type UsageSource,
} from '../../agents/contract/limits/reading.ts';
import { instant, list, number, printedJson, record } from '../../agents/contract/limits/values.ts';

const ARGS = ['blocks', '--json', '--offline', '--active', '--no-color'];

/**
 * ccusage, if the user has it: the tokens of the current 5-hour block, counted from the files on this disk. It gives
 * no window, because the share of the limit that they are is unknown.
 */
export const ccusage: UsageSource = {
  id: 'ccusage',
  provider: 'claude-code',
  reach: 'offline',
  reads: 'the logs of Claude Code, through ccusage',
  hosts: [],
  confidence: 'observed',
  deadline_ms: 15_000,
  async read(context) {
    const program = context.helpers.ccusage;
    if (program === undefined)
      return failure('not_found', 'ccusage is not installed (or name it in AGENTPOOL_CCUSAGE_COMMAND)');
    const ran = await run(context, { program, args: ARGS });
    if (ran.timed_out) return failure('timed_out', 'no answer before the deadline');
    return parseCcusage(ran.stdout);
  },
};

export function parseCcusage(printed: string): UsageReading {
  const blocks = printedJson(printed)?.blocks;
  if (!Array.isArray(blocks)) return failure('unreadable', 'ccusage printed no blocks');
  const active = list(blocks)
    .map(record)
    .find((block) => block?.isActive === true && block.isGap !== true);
  if (!active) return answer({ status: 'unknown', warnings: ['ccusage counts no current 5-hour block'] });
  const block = {
    started_at: instant(active.startTime),
    ends_at: instant(active.endTime),
    total_tokens: number(active.totalTokens),
    cost_usd: number(active.costUSD),
  };
  const tokens = block.total_tokens?.toLocaleString('en-US') ?? 'unknown';
  return answer({
    status: 'unknown',
    warnings: [`ccusage counts ${tokens} tokens in the current 5-hour block: an estimate, not a quota`],
    raw: { block },
  });
}
