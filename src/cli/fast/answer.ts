import { run } from '../work/answer.ts';
import { fastWork } from './work.ts';

/** `agentpool answer` */
export const answer = fastWork(run);
