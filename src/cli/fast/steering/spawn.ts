import { run } from '../../workers/spawn/spawn.ts';
import { fastWork } from './work.ts';

/** `agentpool spawn` */
export const answer = fastWork(run);
