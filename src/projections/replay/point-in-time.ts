import type { StoredEvent } from '../../events/event.ts';
import { AgentPoolError } from '../../lib/errors.ts';

/** A point in a worker's history; `includes` returns whether an event had happened by then. */
export interface PointInTime {
  asked: string;
  includes: (event: StoredEvent) => boolean;
}

const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/**
 * `12`: the log up to position 12. `v3`: the first 3 events of the worker. A time: ISO 8601 (a day alone means its
 * start in UTC), or `+90s`, `+5m` after the spawn request.
 * @throws INVALID_MOMENT
 */
export function pointInTimeOf(asked: string, worker: readonly StoredEvent[]): PointInTime {
  const [first] = worker;
  const version = /^v(\d+)$/.exec(asked)?.[1];
  if (/^\d+$/.test(asked)) {
    return { asked, includes: ({ position }) => position <= Number(asked) };
  }
  if (version) {
    const last = worker.findLast(({ stream_version }) => stream_version <= Number(version))?.position ?? 0;
    return { asked, includes: ({ position }) => position <= last };
  }
  const until = timeOf(asked, first);
  if (until !== null) return { asked, includes: ({ occurred_at }) => Date.parse(occurred_at) <= until };
  throw new AgentPoolError(
    'INVALID_MOMENT',
    `--at takes a position (12), a version (v3), or a time (2026-03-04T14:05:09Z, +90s), not ${JSON.stringify(asked)}.`,
    { at: asked, example: 'agentpool replay @last --at v3' },
  );
}

function timeOf(asked: string, first: StoredEvent | undefined): number | null {
  const [, amount, unit] = /^\+(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(asked) ?? [];
  if (amount && unit)
    return first ? Date.parse(first.occurred_at) + Number(amount) * (UNITS[unit] ?? 1) : null;
  const time = /^\d{4}-\d\d-\d\d/.test(asked) ? Date.parse(asked) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}
