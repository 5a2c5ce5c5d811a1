import type { UsageSource } from '../../contract/limits/reading.ts';
import { codexAppServer } from './app-server.ts';
import { codexRollouts } from './rollouts.ts';

/** In the order in which they are asked. */
export const sources: readonly UsageSource[] = [codexAppServer, codexRollouts];
