import { CLI_COORDINATOR, coordinatorIn } from '../../config/coordinator.ts';
import { fullProviderId } from '../../config/provider-ids.ts';
import type { Rows } from '../../projections/reader.ts';
import { sessions } from '../../projections/sessions/sessions.ts';
import { undelivered } from '../../projections/undelivered.ts';
import { watchFaults } from '../../projections/watch-faults.ts';
import { watchers } from '../../projections/watchers.ts';
import { type SessionListRequest, sessionList } from '../../workers/core/sessions/session-list.ts';
import type { StatusPlace } from '../../workers/queries/status.ts';
import type { Values } from '../grammar/parse.ts';

export const tables = [sessions, watchers, watchFaults, undelivered];
export const dependsOnWorkers = true;

/** `agentpool sessions --json` */
export function answer(rows: Rows, values: Values, { config, env, paths }: StatusPlace): string | null {
  // The full command checks the name of a state, reads the logs of other machines, and prints tables.
  if (!values.json || values.state !== undefined || values.allMachines) return null;
  const request = values as SessionListRequest;
  const provider = request.provider && fullProviderId(request.provider, config.custom_providers);
  return JSON.stringify(
    sessionList(rows, { ...request, provider }, coordinatorIn(env) ?? CLI_COORDINATOR, paths.artifacts),
  );
}
