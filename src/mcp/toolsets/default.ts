import type { Tool } from '../tool.ts';
import { limits } from './limits.ts';
import { observing } from './observing.ts';
import { steering } from './steering.ts';

/** What a delegation needs from start to end, and no more. */
export const defaultTools: readonly Tool[] = [...limits, ...steering, ...observing];
