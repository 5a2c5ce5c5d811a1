import type { UsageSource } from '../../contract/limits/reading.ts';
import { copilotGetQuota } from './get-quota.ts';
import { copilotUser } from './user.ts';

/** In the order in which they are asked. */
export const sources: readonly UsageSource[] = [copilotGetQuota, copilotUser];
