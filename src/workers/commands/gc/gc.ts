import { join } from 'node:path';
import { makePrivateFolder } from '../../../lib/files/private-files.ts';
import type { AppContext } from '../../core/context.ts';
import { gather } from './facts.ts';
import { planGc, type RetentionLimits } from './plan.ts';
import { carryOutPlan, type GcOutcome } from './remove.ts';
import type { GcReport } from './schema.ts';

export interface GcOptions {
  limits: RetentionLimits;
  dryRun: boolean;
  signal?: AbortSignal;
}

/**
 * Frees the disk of what ended workers have left. With `dryRun` it only says what it would remove, from the same plan.
 * Safe to repeat, and to run twice at once.
 */
export async function collectGarbage(app: AppContext, options: GcOptions): Promise<GcReport> {
  const { limits, dryRun, signal } = options;
  const parent = join(app.paths.run, 'gc');
  await makePrivateFolder(parent);
  const now = app.given().now.getTime();
  const { workers, active, recent } = await gather(app, limits, {
    now,
    parent,
    ...(signal ? { signal } : {}),
  });
  const plan = planGc(workers, limits, now);
  const foreseen: GcOutcome = { removed: plan.remove.map(({ after: _, ...item }) => item), kept: plan.keep };
  const { removed, kept } = dryRun
    ? foreseen
    : await carryOutPlan(app, plan, { limits, ...(signal ? { signal } : {}) });
  const sum = (items: readonly { bytes: number | null }[]) =>
    items.reduce((total, { bytes }) => total + (bytes ?? 0), 0);
  return {
    dry_run: dryRun,
    older_than_seconds: {
      worktree: seconds(limits.worktree),
      recording: seconds(limits.recording),
      artifacts: seconds(limits.artifacts),
    },
    removed,
    kept,
    bytes: sum(removed),
    kept_bytes: sum(kept),
    not_due: { active, recent },
  };
}

const seconds = (limit: number | null): number | null => (limit === null ? null : Math.floor(limit / 1000));
