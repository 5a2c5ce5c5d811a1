import { CLI_COORDINATOR, coordinatorIn } from '../../config/coordinator.ts';
import { fullProviderId } from '../../config/provider-ids.ts';
import type { Rows } from '../../projections/reader.ts';
import type { SessionList } from '../../projections/sessions/schema.ts';
import { type SessionListRequest, sessionList } from '../../workers/core/sessions/session-list.ts';
import type { StatusPlace } from '../../workers/queries/status.ts';

export interface PsOptions {
  all: boolean;
  provider: string | undefined;
}

/** More workers than can run at once. */
const LIVE = 1000;
const NEWEST = 50;

export const PS_TABLE = {
  none: 'No worker runs.\n  see those that have ended  agentpool ps --all\n  start one                  agentpool run --provider fake-question --task "Look for the parser"',
  pages: 'agentpool sessions --all',
};

/** What `agentpool ps` lists: the workers of every coordinator that run or wait for their start; with --all the newest. */
export const psList = (rows: Rows, options: PsOptions, place: StatusPlace): SessionList =>
  sessionList(
    rows,
    psRequest(options, place),
    coordinatorIn(place.env) ?? CLI_COORDINATOR,
    place.paths.artifacts,
  );

export const psRequest = (
  options: PsOptions,
  { config }: Pick<StatusPlace, 'config'>,
): SessionListRequest => ({
  all: true,
  live: !options.all,
  limit: options.all ? NEWEST : LIVE,
  provider: options.provider && fullProviderId(options.provider, config.custom_providers),
});
