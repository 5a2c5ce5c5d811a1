import { createHash } from 'node:crypto';
import type { LaunchRequest } from './provider.ts';

/** Agents that let whoever starts them name their session, and the argument that takes the name. */
const NAMING: Readonly<Record<string, string>> = {
  'claude-code': '--session-id',
  'copilot-cli': '--session-id',
};

/** Whether the session of that agent's worker has the name that `agentSessionId` gives. */
export const isNamed = (provider: string): boolean => Object.hasOwn(NAMING, provider);

/**
 * The id under which a worker's agent keeps its session: a UUID that follows from the worker's own id, so that nobody
 * has to write down which belongs to which.
 */
export function agentSessionId(worker: string): string {
  const hex = createHash('sha256').update(`agentpool ${worker}`).digest('hex');
  // Version 8: a UUID whose content is the maker's own affair (RFC 9562).
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/** A command of the user's that takes up or names a session is left as it is. */
const CHOSEN = /^(--(session-id|resume|continue|fork-session)\b|-[rc]$)/;

export function sessionArgs(provider: string, { program, worker }: LaunchRequest): string[] {
  const argument = NAMING[provider];
  if (argument === undefined || program.some((word) => CHOSEN.test(word))) return [];
  return [argument, agentSessionId(worker)];
}
