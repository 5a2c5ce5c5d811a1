import type { UsageSource } from '../../contract/limits/reading.ts';
import { claudeCache } from './cache.ts';
import { claudeGetUsage } from './get-usage.ts';
import { claudeInteractive } from './interactive.ts';
import { claudeUsageText } from './usage-text.ts';

/** In the order in which they are asked. */
export const sources: readonly UsageSource[] = [
  claudeGetUsage,
  claudeUsageText,
  claudeCache,
  claudeInteractive,
];
