import { run } from '../work/terminate.ts';
import { fastWork } from './work.ts';

/** `agentpool terminate` */
export const answer = fastWork(run);
