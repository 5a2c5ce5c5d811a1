import { run } from '../work/spawn.ts';
import { fastWork } from './work.ts';

/** `agentpool spawn` */
export const answer = fastWork(run);
