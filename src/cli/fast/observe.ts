import { run } from '../work/observe.ts';
import { fastWork } from './work.ts';

/** `agentpool observe` */
export const answer = fastWork(run);
