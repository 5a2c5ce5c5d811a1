import type { Backend } from '../backends.ts';
import type { UsageSource } from '../reading.ts';
import { ccusage } from './ccusage.ts';
import { claudeCache } from './claude-cache.ts';
import { claudeGetUsage } from './claude-get-usage.ts';
import { claudeInteractive } from './claude-interactive.ts';
import { claudeUsageText } from './claude-usage-text.ts';
import { codexAppServer } from './codex-app-server.ts';
import { codexRollouts } from './codex-rollouts.ts';
import { codexbar, codexbarProviders } from './codexbar.ts';
import { copilotGetQuota } from './copilot-get-quota.ts';
import { copilotUser } from './copilot-user.ts';
import { cursorPeriod } from './cursor-period.ts';
import { devinInteractive } from './devin-interactive.ts';
import { devinPlanStatus } from './devin-plan-status.ts';
import { devinUserStatus } from './devin-user-status.ts';
import { droidBilling } from './droid-billing.ts';
import { opencodeGo } from './opencode-go.ts';

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
