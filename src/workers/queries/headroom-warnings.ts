import { bindsPlan, type UsageWindow } from '../../agents/contract/limits/sample.ts';
import { keyOfWorker } from '../../config/accounts.ts';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import { limitsModel } from '../../usage/capacity/model-names.ts';
import { moment } from '../../usage/capacity/window-words.ts';
import type { AppContext } from '../core/context.ts';
import { spawnRequest } from '../core/requests/spawn-request.ts';

/** What a spawn records of each provider (`capacityRecord`). Events of older releases have less. */
interface Recorded {
  observed_at?: string | null;
  windows?: readonly RecordedWindow[];
}

type RecordedWindow = Pick<UsageWindow, 'name' | 'remaining_percent' | 'reset_at'> &
  Partial<Pick<UsageWindow, 'kind' | 'scope' | 'models' | 'binds_plan'>>;

/** Without a kind and a scope, a name has both: `weekly_fable`. */
function limits(window: RecordedWindow, model: string | null): boolean {
  const [, named = null] = /^(?:\d+[hm]|daily|weekly|monthly|unknown)_(.+)$/.exec(window.name) ?? [];
  const { kind = 'unknown', scope = named } = window;
  const scoped = { ...window, kind, scope };
  return bindsPlan(scoped) || (model !== null && limitsModel(scoped, model));
}

/**
 * One warning for each limit, of its plan or of its model, of which less was left at the spawn than the policy wants,
 * with what is left and when it resets. The spawn is not refused for it: the caller has chosen this provider.
 */
export function headroomWarnings(app: AppContext, session: SessionRow): string[] {
  const { capacity } = spawnRequest(app, session.id) ?? {};
  const key = keyOfWorker(session);
  const recorded = capacity?.[key] as Recorded | undefined;
  return warningsOf(
    recorded?.windows ?? [],
    { ...session, provider_id: key },
    {
      least: app.config.policy.min_remaining_percent,
      now: app.given().now,
    },
  );
}

/** The warnings of recorded windows. Pure. */
export const warningsOf = (
  windows: readonly RecordedWindow[],
  { provider_id, model }: Pick<SessionRow, 'provider_id' | 'model'>,
  { least, now }: { least: number; now: Date },
): string[] =>
  windows.flatMap((window) => {
    const { name, remaining_percent: left, reset_at } = window;
    // On-demand money is no limit of the plan.
    if (left === null || left >= least || (name.startsWith('on_demand') && !window.binds_plan)) return [];
    if (!limits(window, model)) return [];
    const reset =
      reset_at === null ? 'it is not known when it resets' : `resets ${moment(reset_at, now, undefined)}`;
    return [
      `${provider_id} has little left: ${name.replaceAll('_', ' ')} ${percent(left)} left, ${reset} (policy.min_remaining_percent is ${least})`,
    ];
  });

const percent = (left: number): string => `${left > 0 && left < 1 ? '<1' : Math.floor(left)} %`;
