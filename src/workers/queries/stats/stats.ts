import { accountIn, accountKey, providerOfKey } from '../../../config/accounts.ts';
import type { Env, Paths } from '../../../config/paths.ts';
import { FAKE_IDS, fullProviderId, isAgent, isFake } from '../../../config/provider-ids.ts';
import type { Config } from '../../../config/schema.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { didYouMean } from '../../../lib/suggest.ts';
import type { Rows } from '../../../projections/reader.ts';
import type { SeenMachine } from '../../../projections/seen-machine.ts';
import {
  firstSpawn,
  providersAtWork,
  type Workers,
  type WorkersFilter,
  workersWithin,
} from '../../../projections/stats/queries.ts';
import { knownUsage, limitRanges } from '../../../projections/usage/queries.ts';
import { type OpenTokens, readTokens } from '../../../usage/tokens/logs.ts';
import { NONE, plus, type Tokens } from '../../../usage/tokens/sums.ts';
import type { AppContext } from '../../core/context.ts';
import { SLACK_MS } from '../token-owners.ts';
import { AT_ONCE_MS, workerTokens } from '../tokens.ts';
import { statsOf } from './report.ts';
import { type Section, type Stats, sections } from './shape.ts';
import { timeZoneName } from './time-zone.ts';
import type { TokensUsed } from './tokens.ts';
import { type WindowRequest, windowOf } from './window.ts';

export interface StatsRequest extends WindowRequest {
  provider?: string | undefined;
  /** mine: of the caller's coordinator; all: of every coordinator. */
  scope?: string | undefined;
  /** Whether to count the workers of our own fakes, too. They are counted anyway if one of them is the provider. */
  includeFakes?: boolean | undefined;
  /** Names, also comma-separated; all sections if empty. */
  sections?: readonly string[] | undefined;
}

/** The sources of the statistics. */
export interface StatsPlace {
  rows: Rows;
  /** Runs `ask` on one snapshot of the ledger. */
  reading: <T>(ask: () => T) => T;
  paths: Pick<Paths, 'run'>;
  config: Pick<Config, 'providers' | 'custom_providers'>;
  env: Env;
  /** Whose workers `mine` are. */
  coordinator: string;
  /** The workers of the other machines of the fleet, where they count too. */
  others?: FleetWorkers;
}

/** The workers of other machines, with their times by the clock of this one. */
export interface FleetWorkers {
  machines: SeenMachine[];
  /** When the first of them was requested. */
  first: { withFakes: number | null; withoutFakes: number | null };
  workers(filter: WorkersFilter): Workers[];
}

export const placeOf = ({ ledger, paths, config, env, coordinator }: AppContext): StatsPlace => ({
  rows: ledger,
  reading: (ask) => ledger.store.reading(ask),
  paths,
  config,
  env,
  coordinator,
});

/**
 * What was done in a window of time, from the projections and the token index alone.
 * @throws INVALID_WINDOW, INVALID_SCOPE, INVALID_SECTION
 */
export async function stats(place: StatsPlace, request: StatsRequest, now: Date): Promise<Stats> {
  const wanted = sectionsNamed(request.sections ?? []);
  if (!wanted.has('tokens')) return statsNow(place, request, now, wanted, null);
  const { start, end } = windowOf(request, now, firstOf(place));
  const providers = providersAtWork(place.rows, start - SLACK_MS, end);
  const from = (tokens: OpenTokens | null) => statsNow(place, request, now, wanted, tokens);
  return readTokens(place, AT_ONCE_MS, { providers }, from, () => from(null));
}

/** When the first worker was requested; null if there was none. */
const firstOf = ({ rows, others }: StatsPlace): number | null =>
  earliest([firstSpawn(rows), others?.first.withFakes ?? null]);

/** The same without fakes. */
const firstReal = ({ rows, others }: StatsPlace): number | null =>
  earliest([firstSpawn(rows, FAKE_IDS), others?.first.withoutFakes ?? null]);

export function earliest(moments: readonly (number | null)[]): number | null {
  const known = moments.filter((moment) => moment !== null);
  return known.length === 0 ? null : Math.min(...known);
}

function statsNow(
  place: StatsPlace,
  request: StatsRequest,
  now: Date,
  wanted: ReadonlySet<Section>,
  tokens: OpenTokens | null,
): Stats {
  const { rows, reading, config, env, coordinator: own, others } = place;
  return reading(() => {
    const named = request.provider ?? null;
    const provider = named === null ? null : fullProviderId(providerOfKey(named), config.custom_providers);
    const account = named === null ? null : accountIn(named);
    const isAsked = (key: string): boolean =>
      account === null || provider === null || key === accountKey(provider, account);
    const withFakes = request.includeFakes === true || (provider !== null && isFake(provider));
    const first = (withFakes ? null : firstReal(place)) ?? firstOf(place);
    const window = windowOf(request, now, first);
    const scope = scopeOf(request.scope ?? 'all', others !== undefined);
    const coordinator = scope === 'mine' ? own : null;
    const { start, end } = window;
    const filter = { start, end, coordinator, provider };
    const all = [...workersWithin(rows, filter), ...(others?.workers(filter) ?? [])]
      .map((group) => ({ ...group, provider_id: keyOf(group) }))
      .filter(({ provider_id }) => isAsked(provider_id));
    const isCounted = ({ provider_id }: { provider_id: string }): boolean =>
      withFakes || !isFake(provider_id);
    const workers = all.filter(isCounted);
    return statsOf(
      {
        now,
        window,
        first,
        workers,
        fakes: all.reduce((sum, group) => sum + (isCounted(group) ? 0 : group.count), 0),
        usage: knownUsage(rows),
        limits: limitRanges(rows, start, end),
        tokens: tokensWithin(rows, tokens, filter, isAsked),
        machines: others?.machines ?? null,
        scope,
        provider: provider === null || account === null ? provider : accountKey(provider, account),
        timeZone: timeZoneName(env, now),
      },
      wanted,
    );
  });
}

/** The account that a worker was given; of a fake and a custom provider it is a note of the caller. */
const keyOf = ({ provider_id, account }: { provider_id: string; account: string | null }): string =>
  isAgent(provider_id) ? accountKey(provider_id, account) : provider_id;

function tokensWithin(
  rows: Rows,
  tokens: OpenTokens | null,
  filter: WorkersFilter,
  isAsked: (key: string) => boolean,
): TokensUsed {
  if (tokens === null) return { by_provider: new Map(), missing: 'access' };
  const { updated } = tokens;
  const { start, end, coordinator, provider } = filter;
  const by_provider = new Map<string, Tokens>();
  for (const { worker, sessions } of workerTokens(rows, tokens, start, end)) {
    if (coordinator !== null && worker.coordinator_id !== coordinator) continue;
    if (provider !== null && worker.provider_id !== provider) continue;
    const id = keyOf(worker);
    if (!isAsked(id)) continue;
    by_provider.set(id, sessions.reduce(plus, by_provider.get(id) ?? NONE));
  }
  const missing = !updated.complete ? 'time' : updated.unreadable.length > 0 ? 'access' : null;
  return { by_provider, missing };
}

function scopeOf(scope: string, isOfAllMachines: boolean): 'mine' | 'all' {
  if (scope === 'mine' && isOfAllMachines)
    throw new AgentPoolError(
      'INVALID_SCOPE',
      'The scope is all where the workers of all machines count: yours are on this machine.',
      { scope, allowed: ['all'], example: 'agentpool stats --all-machines' },
    );
  if (scope === 'mine' || scope === 'all') return scope;
  throw new AgentPoolError(
    'INVALID_SCOPE',
    `There is no scope ${JSON.stringify(scope)}: it is mine or all.${didYouMean(scope, ['mine', 'all'])}`,
    { scope, allowed: ['mine', 'all'], example: 'agentpool stats --scope mine' },
  );
}

function sectionsNamed(names: readonly string[]): ReadonlySet<Section> {
  const requested = names.flatMap((name) => name.split(',')).filter((name) => name !== '');
  const unknown = requested.find((name) => !(sections as readonly string[]).includes(name));
  if (unknown !== undefined) {
    throw new AgentPoolError(
      'INVALID_SECTION',
      `There is no section ${JSON.stringify(unknown)}. Sections: ${sections.join(', ')}.${didYouMean(unknown, sections)}`,
      { section: unknown, allowed: [...sections], example: 'agentpool stats --sections sessions,tokens' },
    );
  }
  return new Set(requested.length > 0 ? (requested as Section[]) : sections);
}
