import type { Env } from '../../config/paths.ts';
import type { Values } from '../grammar/parse.ts';
import type { FromLedger } from './from-ledger.ts';

/** A command that parses its own words. */
interface ByWords {
  answer(words: readonly string[], env: Env): Promise<number | null> | number | null;
}

/** A command whose words the fast parser reads. */
interface ByValues {
  answer(values: Values, env: Env): Promise<number | null>;
}

type Entry =
  | { needs: 'words'; load: () => Promise<ByWords> }
  | { needs: 'values'; load: () => Promise<ByValues> }
  /** A command that reads tables of the ledger, without loading the code that writes it. */
  | { needs: 'tables'; load: () => Promise<FromLedger> };

/**
 * The commands that skip clipanion, and what each needs. `answer` returns an exit code, or null if the full command
 * has to answer: other options, a missing ledger, an error to explain.
 */
export const fastCommands: Readonly<Record<string, Entry>> = {
  '': { needs: 'tables', load: () => import('./status.ts') },
  '--version': { needs: 'words', load: () => import('./help.ts') },
  '-v': { needs: 'words', load: () => import('./help.ts') },
  help: { needs: 'words', load: () => import('./help.ts') },
  complete: { needs: 'words', load: () => import('./complete.ts') },
  signal: { needs: 'words', load: () => import('./signal.ts') },
  statusline: { needs: 'values', load: () => import('./statusline.ts') },
  mcp: { needs: 'values', load: () => import('./mcp.ts') },
  status: { needs: 'tables', load: () => import('./status.ts') },
  ps: { needs: 'tables', load: () => import('./ps.ts') },
  sessions: { needs: 'tables', load: () => import('./sessions.ts') },
  stats: { needs: 'tables', load: () => import('./stats.ts') },
  'ledger stats': { needs: 'values', load: () => import('./ledger-stats.ts') },
  'usage-summary': { needs: 'tables', load: () => import('./usage-summary.ts') },
  'capacity-summary': { needs: 'tables', load: () => import('./usage-summary.ts') },
  spawn: { needs: 'values', load: () => import('./steering/spawn.ts') },
  send: { needs: 'values', load: () => import('./steering/send.ts') },
  answer: { needs: 'values', load: () => import('./steering/answer.ts') },
  observe: { needs: 'values', load: () => import('./steering/observe.ts') },
  collect: { needs: 'values', load: () => import('./steering/collect.ts') },
  terminate: { needs: 'values', load: () => import('./steering/terminate.ts') },
  kill: { needs: 'values', load: () => import('./steering/terminate.ts') },
  logs: { needs: 'values', load: () => import('./steering/logs.ts') },
};
