import { run } from '../../workers/observe.ts';
import { fastWork } from './work.ts';

/** `agentpool observe` */
export const answer = fastWork(run);
