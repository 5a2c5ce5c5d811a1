import type { Agent } from '../contract/agent.ts';
import { claudeCode } from './descriptor.ts';
import { claudeCodeLaunch } from './launch.ts';
import { claudeCache } from './limits/cache.ts';
import { claudeGetUsage } from './limits/get-usage.ts';
import { claudeInteractive } from './limits/interactive.ts';
import { claudeUsageText } from './limits/usage-text.ts';
import { claudeLog } from './token-log.ts';

export const agent: Agent = {
  descriptor: claudeCode,
  launch: claudeCodeLaunch,
  limits: [claudeGetUsage, claudeUsageText, claudeCache, claudeInteractive],
  codexbar: { name: 'claude', via: 'cli' },
  tokens: claudeLog,
  setup: { target: 'claude-code', guide: 'claude-code' },
};
