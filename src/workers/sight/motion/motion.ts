import type { WorkerState } from '../../../events/catalogue/words.ts';
import type { Observation } from '../../../machines/worker/commands.ts';
import { FROZEN } from '../../core/sessions/past.ts';
import { observationOf } from '../screen-meaning.ts';
import type { StateVerdict, WorkerScreen } from '../seen.ts';

/**
 * How long an agent must be still until what its screen says of its work is doubted. Of ten agents that were measured at
 * work, on a machine with ten times its load, the sign of nine moved at least every 1.7 s; OpenCode's was still for 9.5 s.
 */
export const FROZEN_MS = 30_000;

/** How often a still screen is looked at: nothing is printed, and what was not observed is no stillness. */
const LOOK_MS = 5000;

/** The rule of what only motion says. */
export const MOTION = 'motion';

/** Which states a moving screen ends. A new worker without its task may draw what it likes. */
const AT_REST: ReadonlySet<WorkerState> = new Set([
  'IDLE',
  'UNKNOWN',
  'AWAITING_USER_INPUT',
  'AWAITING_APPROVAL',
  'COMPLETED',
  'FAILED',
]);

/** Whether what moves on a screen decides, in place of what the rules say of it: they see no sign of anything. */
export const isMotionAsked = ({ label }: WorkerScreen['classification']): boolean =>
  label === 'idle' || label === 'unknown';

/** The observation of a screen that reads as idle, or that no rule knows, while the agent works on it; null for others. */
export function workOf(state: WorkerState, { classification, motion }: WorkerScreen): Observation | null {
  if (!motion || motion.work.length === 0 || !AT_REST.has(state)) return null;
  if (!isMotionAsked(classification)) return null;
  return moving([...motion.work], classification);
}

const moving = (evidence: string[], classification: WorkerScreen['classification']): Observation => ({
  ...observationOf('screen_changed', classification),
  source: MOTION,
  rule: MOTION,
  evidence,
  confidence: 'observed',
  question: null,
});

/**
 * Doubts work that nothing but a sign on the screen speaks for, once that sign and the agent's own part have been still
 * for long: the program may be stopped. Once something moves again, the worker works again.
 */
export class Frozen {
  /** Whether the worker is reported as idle because of that. */
  #isReported = false;
  /** Of an earlier watcher's report: nothing was seen to move since. */
  #isInherited = false;
  #notBefore = Number.NEGATIVE_INFINITY;

  /** An earlier watcher has reported it. */
  resume(): void {
    this.#isReported = true;
    this.#isInherited = true;
  }

  /** Something went to the worker: it has time to react. */
  forget(now: number): void {
    this.#isReported = false;
    this.#isInherited = false;
    this.#notBefore = now + FROZEN_MS;
  }

  /** Null if the screen means what it says. */
  perceive(state: WorkerState, { classification, motion }: WorkerScreen, now: number): StateVerdict | null {
    if (!motion) return null;
    const { hasMoved, stillMs } = motion;
    if (hasMoved) this.#isInherited = false;
    const leftMs = Math.max(FROZEN_MS - stillMs, this.#notBefore - now);
    const isStill = this.#isInherited || leftMs <= 0;
    if (!isSign(classification)) {
      if (this.#isReported && state === 'IDLE' && !isStill && classification.label !== 'unknown') {
        this.#isReported = false;
        // What moved may have been the end of its turn.
        return { observation: moving(['its screen moves again'], classification), recheckInMs: LOOK_MS };
      }
      return null;
    }
    if (!isStill) {
      this.#isReported = false;
      return state === 'RUNNING' ? { observation: null, recheckInMs: Math.min(leftMs, LOOK_MS) } : null;
    }
    if (state !== 'RUNNING') return { observation: null, recheckInMs: null };
    this.#isReported = true;
    const says = classification.evidence.at(-1) ?? classification.rule;
    return {
      observation: {
        ...observationOf('idle', classification),
        source: MOTION,
        rule: FROZEN,
        confidence: 'unproven',
        readiness: 'quiet',
        warnings: [
          `its screen still says "${says}", and nothing has moved on it for ${Math.round(stillMs / 1000)} s`,
        ],
      },
      recheckInMs: null,
    };
  }
}

/** Whether the screen reads as work because of a sign that moves while the work goes on. */
const isSign = (classification: WorkerScreen['classification']): boolean =>
  classification.label === 'working' &&
  classification.still !== true &&
  !classification.warnings.some(({ kind }) => kind === 'retrying');
