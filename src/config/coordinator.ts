import type { Env } from './paths.ts';

/** The coordinator of every command line that names none. */
export const CLI_COORDINATOR = 'cli';

/** The coordinator that the environment names: AGENTPOOL_COORDINATOR_ID. */
export const coordinatorIn = (env: Env): string | null => env.AGENTPOOL_COORDINATOR_ID || null;
