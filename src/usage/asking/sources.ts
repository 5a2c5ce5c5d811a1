import { claudeCache } from '../../agents/claude-code/limits/cache.ts';
import { claudeGetUsage } from '../../agents/claude-code/limits/get-usage.ts';
import { claudeInteractive } from '../../agents/claude-code/limits/interactive.ts';
import { claudeUsageText } from '../../agents/claude-code/limits/usage-text.ts';
import { codexAppServer } from '../../agents/codex-cli/limits/app-server.ts';
import { codexRollouts } from '../../agents/codex-cli/limits/rollouts.ts';
import type { UsageSource } from '../../agents/contract/limits/reading.ts';
import { copilotGetQuota } from '../../agents/copilot-cli/limits/get-quota.ts';
import { copilotUser } from '../../agents/copilot-cli/limits/user.ts';
import { cursorPeriod } from '../../agents/cursor-cli/limits/period.ts';
import { devinInteractive } from '../../agents/devin-cli/limits/interactive.ts';
import { devinPlanStatus } from '../../agents/devin-cli/limits/plan-status.ts';
import { devinUserStatus } from '../../agents/devin-cli/limits/user-status.ts';
import { droidBilling } from '../../agents/droid-cli/limits/billing.ts';
import { opencodeGo } from '../../agents/opencode/limits/go.ts';
import { ccusage } from '../backends/ccusage.ts';
import { codexbar, codexbarProviders } from '../backends/codexbar.ts';
import type { Backend } from '../backends/index.ts';

/** In the order in which they are asked: the agent's own command line first, files and helpers last. */
const NATIVE: readonly UsageSource[] = [
  codexAppServer,
  codexRollouts,
  claudeGetUsage,
  claudeUsageText,
  claudeCache,
  claudeInteractive,
  copilotGetQuota,
  copilotUser,
  cursorPeriod,
  devinUserStatus,
  devinPlanStatus,
  devinInteractive,
  droidBilling,
  opencodeGo,
];

/** The sources of one provider under a backend, in order. Combined asks CodexBar where it is and ours failed. */
export function sourcesOf(provider: string, backend: Backend): readonly UsageSource[] {
  const native = NATIVE.filter((source) => source.provider === provider);
  const bar = codexbarProviders.includes(provider) ? [codexbar(provider)] : [];
  const tokens = [ccusage].filter((source) => source.provider === provider);
  if (backend === 'native') return native;
  if (backend === 'codexbar') return bar;
  if (backend === 'ccusage') return tokens;
  return [...native.filter(live), ...bar, ...native.filter((source) => !live(source))];
}

/** What asks the provider now and quickly, as against what an agent once wrote down or a whole TUI. */
const live = (source: UsageSource): boolean => source.reach === 'network' && !source.interactive;
