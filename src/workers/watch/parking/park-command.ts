import type { ParkReason } from '../../../events/catalogue/words.ts';
import type { TriedProvider } from '../../../events/catalogue/worker-shapes.ts';
import type { WorkerCommand } from '../../../machines/worker/commands.ts';
import { redact } from '../../../workspace/redaction/redaction.ts';
import type { Park } from './plan.ts';
import type { KnownReset } from './reset.ts';

/** A wait that is to be recorded. */
interface Wait {
  because: ParkReason;
  reset: KnownReset;
  continuesItself: boolean;
  tried: readonly TriedProvider[];
  /** What keeps the worker from being continued, and when that was to be checked; null if nothing does. */
  held: { why: string; checkAt: string } | null;
}

/** The command that records a planned wait. Pure. */
export const parkCommand = (
  plan: Park,
  { because, reset, continuesItself, tried, held }: Wait,
): WorkerCommand => ({
  kind: 'park',
  because,
  until: iso(reset.until),
  window: reset.window,
  known_from: reset.from,
  continues_itself: continuesItself,
  check_at: held?.checkAt ?? new Date(plan.checkAt).toISOString(),
  give_up_at: iso(plan.giveUpAt),
  tried: [...tried],
  ...(held === null ? {} : { held: redact(held.why) }),
});

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
