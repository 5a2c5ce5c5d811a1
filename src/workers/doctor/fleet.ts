import type { Paths } from '../../config/paths.ts';
import { membershipIn } from '../../fleet/membership.ts';
import { readState } from '../../fleet/state-file.ts';
import { span } from '../../lib/time/duration.ts';
import type { Ledger } from '../../projections/projector/ledger.ts';
import { doubtful, type Finding, fine } from '../core/finding.ts';
import { isWatched } from '../core/liveness.ts';

/** How the link to the fleet is, as the watcher has last written it; no finding for a machine that is in none. */
export function checkFleet(ledger: Ledger, paths: Paths, now: Date): Finding[] {
  const member = membershipIn(ledger.store);
  if (member === null) return [];
  const { name, address } = member;
  if (!isWatched(ledger, paths))
    return [
      doubtful('fleet', `no watcher runs: ${name} shares nothing with ${address}`, 'agentpool watcher run'),
    ];
  const state = readState(paths.fleet);
  if (state?.link.state === 'connected') return [fine('fleet', `${name} is connected to ${address}`)];
  const since = state ? ` for ${span(now.getTime() - Date.parse(state.link.since))}` : '';
  const why = state?.link.error ? `: ${state.link.error.message}` : '';
  return [
    doubtful('fleet', `${name} is not connected to ${address}${since}${why}`, 'agentpool fleet status'),
  ];
}
