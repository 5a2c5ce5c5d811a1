import type { Env } from '../../config/paths.ts';
import type { Values } from '../grammar/parse.ts';
import type { FromLedger } from './from-ledger.ts';

/** A command that parses its own words. */
interface ByWords {
  answer(words: readonly string[], env: Env): Promise<number | null> | number | null;
}

/** A command whose words the fast parser reads. */
interface ByValues {
  answer(values: Values, env: Env, leave?: (code: number) => void): Promise<number | null>;
}

type Entry =
  | { needs: 'words'; load: () => Promise<ByWords> }
  | { needs: 'values'; load: () => Promise<ByValues> }
  /** A command that reads tables of the ledger, without loading the code that writes it. */
  | { needs: 'tables'; load: () => Promise<FromLedger> };

/** Their code is in a bundle of its own, which a command that controls workers does not read. */
const tables = async () => (await import('./tables.ts')).tables;

/**
 * The commands that skip clipanion, and what each needs. `answer` returns an exit code, or null if the full command
 * has to answer: other options, a missing ledger, an error to explain.
 */
export const fastCommands: Readonly<Record<string, Entry>> = {
  '': { needs: 'tables', load: async () => (await tables()).status() },
  '--version': { needs: 'words', load: () => import('./help.ts') },
  '-v': { needs: 'words', load: () => import('./help.ts') },
  help: { needs: 'words', load: () => import('./help.ts') },
  complete: { needs: 'words', load: () => import('./complete.ts') },
  signal: { needs: 'words', load: () => import('./signal.ts') },
  statusline: { needs: 'values', load: async () => (await tables()).statusline() },
  mcp: { needs: 'values', load: () => import('./mcp.ts') },
  status: { needs: 'tables', load: async () => (await tables()).status() },
  ps: { needs: 'tables', load: async () => (await tables()).ps() },
  sessions: { needs: 'tables', load: async () => (await tables()).sessions() },
  stats: { needs: 'tables', load: async () => (await tables()).stats() },
  'ledger stats': { needs: 'values', load: async () => (await tables()).ledgerStats() },
  'usage-summary': { needs: 'tables', load: async () => (await tables()).usageSummary() },
  'capacity-summary': { needs: 'tables', load: async () => (await tables()).usageSummary() },
  spawn: { needs: 'values', load: () => import('./steering/spawn.ts') },
  send: { needs: 'values', load: () => import('./steering/send.ts') },
  answer: { needs: 'values', load: () => import('./steering/answer.ts') },
  observe: { needs: 'values', load: () => import('./steering/observe.ts') },
  collect: { needs: 'values', load: () => import('./steering/collect.ts') },
  terminate: { needs: 'values', load: () => import('./steering/terminate.ts') },
  kill: { needs: 'values', load: () => import('./steering/terminate.ts') },
  logs: { needs: 'values', load: () => import('./steering/logs.ts') },
};
