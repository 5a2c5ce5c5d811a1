import type { WorkerState } from '../../../events/catalogue/words.ts';
import type { Classification } from '../../../terminal/detection/classify.ts';
import { effectiveLabel } from '../screen-meaning.ts';
import type { Timeouts } from '../seen.ts';
import { SLOWEST_START_MS } from '../task-step.ts';

/** How long a new worker may take until it has its task, whatever its screen shows: task-step.ts decides on that. */
const FIRST_TASK_MS = 15_000;

/** The same while its screen is blank, with the same reserve. */
const FIRST_DRAWING_MS = SLOWEST_START_MS + 5000;

/** What the delay depends on beside the label and the state, in milliseconds. */
export interface DelayFacts {
  timeouts: Timeouts;
  /** For how long the worker has been watched, and its screen has had its label. */
  watchedFor: number;
  labelledFor: number;
  isBlank: boolean;
  /** Whether a shell has the terminal again. */
  isShell: boolean;
  /** How long until the screen was quiet for so long. */
  quietIn(quietMs: number): number;
}

/** Milliseconds until this label may be reported in this state; null if it is not to be reported. Pure. */
export function reportDelay(
  state: WorkerState,
  classification: Classification,
  { timeouts: { idleMs, unknownMs }, watchedFor, labelledFor, isBlank, isShell, quietIn }: DelayFacts,
): number | null {
  const over = state === 'COMPLETED' || state === 'FAILED';
  switch (effectiveLabel(classification)) {
    case 'working':
      // At a limit, a client that tries again does not work yet.
      if (state === 'RUNNING' || (state === 'PARKED' && classification.continues_itself)) return null;
      return over ? Math.max(0, idleMs - labelledFor) : 0;
    case 'idle':
    case 'limit':
      return state === 'IDLE' || state === 'PARKED' || over ? null : quietIn(idleMs);
    case 'error':
      return over ? null : quietIn(idleMs);
    default: {
      if (isShell && state === 'RUNNING') return quietIn(idleMs);
      const startMs = isBlank ? FIRST_DRAWING_MS : FIRST_TASK_MS;
      return state === 'READY' ? Math.max(quietIn(unknownMs), startMs - watchedFor) : null;
    }
  }
}
