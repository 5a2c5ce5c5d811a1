import { run } from '../../workers/answer.ts';
import { fastWork } from './work.ts';

/** `agentpool answer` */
export const answer = fastWork(run);
