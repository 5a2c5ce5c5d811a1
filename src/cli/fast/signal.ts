import { giveSignal } from '../../workers/sight/signals/spool.ts';

/**
 * `agentpool signal KIND`, which the hooks of an agent run: hands one word to whoever watches it. Opens no ledger, reads
 * no input, prints nothing and never fails: a hook that does would stop the agent's turn.
 */
export function quickSignal(
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  giveSignal(words[0] ?? '', env, Date.now());
  return true;
}
