import type { Env } from '../../config/paths.ts';
import { giveSignal } from '../../workers/sight/signals/spool.ts';

/**
 * `agentpool signal KIND`, which the hooks of workers of earlier releases run: sends one word to the process that watches the agent. Opens
 * no ledger, reads no input, prints nothing and never fails: a hook that did would stop the agent's turn.
 */
export function answer([, kind = '']: readonly string[], env: Env): number {
  giveSignal(kind, env, Date.now());
  return 0;
}
