import { fileURLToPath } from 'node:url';
import type { Program } from './timing.ts';

const bundle = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** A command line of the built AgentPool with its own home. */
export const agentpool = (home: string, ...words: string[]): Program => ({
  words: [process.execPath, bundle, ...words],
  env: { AGENTPOOL_HOME: home, NO_COLOR: '1' },
});
