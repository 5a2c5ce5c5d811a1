import { run } from '../../workers/logs.ts';
import { fastWork } from './work.ts';

/** `agentpool logs` */
export const answer = fastWork(run);
