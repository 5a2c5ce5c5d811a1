import type { Env } from '../../config/paths.ts';
import { AgentPoolError } from '../../events/errors.ts';
import type { Rows } from '../../projections/reader.ts';
import { firstSpawn, limitRanges, workersWithin } from '../../projections/stats-queries.ts';
import { knownUsage } from '../../projections/usage-queries.ts';
import { statsOf } from './report.ts';
import { type Section, type Stats, sections } from './shape.ts';
import { timeZoneName } from './time-zone.ts';
import { type WindowRequest, windowOf } from './window.ts';

export interface StatsRequest extends WindowRequest {
  provider?: string | undefined;
  /** mine: of the caller's coordinator; all: of everybody. */
  scope?: string | undefined;
  /** Names, also several in one with commas between; none: all of them. */
  sections?: readonly string[] | undefined;
}

/**
 * What was done in a window of time, asked from the read models alone.
 * @throws INVALID_WINDOW, INVALID_SCOPE, INVALID_SECTION
 */
export function stats(rows: Rows, asked: StatsRequest, env: Env, now: Date): Stats {
  const first = firstSpawn(rows);
  const window = windowOf(asked, now, first);
  const scope = scopeOf(asked.scope ?? 'all');
  const provider = asked.provider ?? null;
  const wanted = wantedOf(asked.sections ?? []);
  const { start, end } = window;
  return statsOf(
    {
      now,
      window,
      first,
      workers: workersWithin(rows, {
        start,
        end,
        coordinator: scope === 'mine' ? env.AGENTPOOL_COORDINATOR_ID || 'cli' : null,
        provider,
      }),
      usage: knownUsage(rows),
      limits: limitRanges(rows, start, end),
      scope,
      provider,
      timeZone: timeZoneName(env, now),
    },
    wanted,
  );
}

function scopeOf(scope: string): 'mine' | 'all' {
  if (scope === 'mine' || scope === 'all') return scope;
  throw new AgentPoolError(
    'INVALID_SCOPE',
    `There is no scope ${JSON.stringify(scope)}: it is mine or all.`,
    { scope, allowed: ['mine', 'all'], example: 'agentpool stats --scope mine' },
    'usage',
  );
}

function wantedOf(names: readonly string[]): ReadonlySet<Section> {
  const asked = names.flatMap((name) => name.split(',')).filter((name) => name !== '');
  const unknown = asked.find((name) => !(sections as readonly string[]).includes(name));
  if (unknown !== undefined) {
    throw new AgentPoolError(
      'INVALID_SECTION',
      `There is no section ${JSON.stringify(unknown)}. Sections: ${sections.join(', ')}.`,
      { section: unknown, allowed: [...sections], example: 'agentpool stats --sections sessions,walls' },
      'usage',
    );
  }
  return new Set(asked.length > 0 ? (asked as Section[]) : sections);
}
