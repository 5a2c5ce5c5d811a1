import { run } from '../../workers/collect.ts';
import { fastWork } from './work.ts';

/** `agentpool collect` */
export const answer = fastWork(run);
