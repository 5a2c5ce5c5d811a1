import { run } from '../work/send.ts';
import { fastWork } from './work.ts';

/** `agentpool send` */
export const answer = fastWork(run);
