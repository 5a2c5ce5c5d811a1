import {
  failure,
  type SourceContext,
  type UsageAnswer,
  type UsageReading,
  type UsageSource,
} from '../../contract/limits/reading.ts';
import { instant, parseJson, record, text } from '../../contract/limits/values.ts';
import { accountIn, claudeAccount, readClaudeConfig } from './account.ts';
import { readClaudeLimits } from './limits.ts';

/** The last figures that Claude Code fetched and keeps in `~/.claude.json` (real file, 2.1.330). Offline. */
export const claudeCache: UsageSource = {
  id: 'claude-cache',
  provider: 'claude-code',
  reach: 'offline',
  reads: 'cachedUsageUtilization in ~/.claude.json',
  hosts: [],
  confidence: 'local_config',
  deadline_ms: 2000,
  account: claudeAccount,
  async read(context) {
    const file = await readClaudeConfig(context);
    return file === null ? failure('not_found', 'Claude keeps no settings here') : parseClaudeCache(file);
  },
};

export async function readClaudeCache(context: SourceContext): Promise<UsageAnswer | null> {
  const reading = parseClaudeCache((await readClaudeConfig(context)) ?? '');
  return reading.answered ? reading : null;
}

export function parseClaudeCache(file: string): UsageReading {
  const config = record(parseJson(file));
  if (!config) return failure('unreadable', 'the settings of Claude are not JSON');
  const cached = record(config.cachedUsageUtilization);
  const limits = record(cached?.utilization);
  const observed_at = instant(cached?.fetchedAtMs);
  if (!cached || !limits || observed_at === null) return failure('not_found', 'Claude has cached no figures');
  const account = record(config.oauthAccount);
  // After a change of account the cache still holds the figures of the one before.
  if (text(cached.accountUuid) === null || cached.accountUuid !== account?.accountUuid) {
    return failure('not_found', 'the cached figures are of another account');
  }
  const reading = readClaudeLimits(limits, { plan: null, account_id: accountIn(config) }, 'local_config');
  return reading.answered ? { ...reading, observed_at, stale: true } : reading;
}
