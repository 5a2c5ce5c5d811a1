import { AgentPoolError } from '../../lib/errors.ts';
import { shell } from '../../lib/text/shell.ts';

/** Refuses options that are not asked of another machine. @throws INVALID_REQUEST */
export function assertWithout(id: string, given: Readonly<Record<string, boolean>>): void {
  const [option] = Object.entries(given).find(([, isGiven]) => isGiven) ?? [];
  if (option === undefined) return;
  throw new AgentPoolError(
    'INVALID_REQUEST',
    `${id} is on another machine, and ${option} works only there. Nothing was done.`,
    { session_id: id, option, example: shell`agentpool send ${id} "migrations first"` },
  );
}

/** How long the other machine may take, where the caller says it in seconds. */
export const patienceOf = (seconds: number | undefined) =>
  seconds === undefined ? {} : { patience: { decisionMs: seconds * 1000, outcomeMs: seconds * 1000 } };
