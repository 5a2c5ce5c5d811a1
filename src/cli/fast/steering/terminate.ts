import { run } from '../../workers/terminate.ts';
import { fastWork } from './work.ts';

/** `agentpool terminate` */
export const answer = fastWork(run, { reconciles: false });
