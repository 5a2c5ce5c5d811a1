import type { OnLimit } from '../../events/catalogue/worker-shapes.ts';
import type { TaskOptions } from './schema.ts';

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** What happens at a limit, by the keys of a task; undefined if its worker stops there. */
export function onLimitIn({ on_limit, wait_at_most }: TaskOptions): OnLimit | undefined {
  if (on_limit !== 'wait') return undefined;
  const [, count, unit] = /^(\d+)([smhd])$/.exec(wait_at_most ?? '') ?? [];
  const seconds = count === undefined ? null : Number(count) * SECONDS[unit as keyof typeof SECONDS];
  return { action: 'wait', fallbacks: [], wait_at_most_seconds: seconds };
}
