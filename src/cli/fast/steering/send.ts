import { run } from '../../workers/send.ts';
import { fastWork } from './work.ts';

/** `agentpool send` */
export const answer = fastWork(run);
