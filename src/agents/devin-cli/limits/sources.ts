import type { UsageSource } from '../../contract/limits/reading.ts';
import { devinInteractive } from './interactive.ts';
import { devinPlanStatus } from './plan-status.ts';
import { devinUserStatus } from './user-status.ts';

/** In the order in which they are asked. */
export const sources: readonly UsageSource[] = [devinUserStatus, devinPlanStatus, devinInteractive];
