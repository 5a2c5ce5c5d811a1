import { setTimeout as sleep } from 'node:timers/promises';
import { monotonic } from '../../lib/time/monotonic.ts';
import type { ScreenReading } from '../sight/look.ts';
import { isByMotion } from '../sight/motion/moving-screen.ts';
import type { Known } from './model.ts';
import { type RehearsalStep, refusals } from './steps.ts';

/** What a step has come to. */
export interface Seen {
  recognised: boolean;
  /** Why it was not; of one that was recognised, what is worth knowing. Null for nothing. */
  why: string | null;
  reading: ScreenReading | null;
}

export interface Looking {
  step: RehearsalStep;
  known(): Known;
  read(): Promise<ScreenReading | null>;
  state(): string;
  /** How long the agent may take to get there, and its screen to be read right then, in milliseconds. */
  timeoutMs: number;
  signal: AbortSignal;
  /** Of an agent that tries again after a refusal and shows only work meanwhile. */
  retriesSilently: boolean;
}

const POLL_MS = 150;
/** How long a screen that is read wrong may stay the same until it counts, in milliseconds. */
export const SETTLED_MS = 6000;
/** How long the right reading has to last: a screen may be half drawn. */
const LASTS_MS = 300;
/** The same where only motion says so: a rule may still see the sign of it. */
const MOVES_MS = 1500;

/** How long an agent whose screen is blank may take to start, as a multiple of the time for a step. */
const STARTS = 3;

/** Looks until the screen is read as what the agent is really doing, or has settled as something else. */
export async function seen({ step, known, read, state, ...given }: Looking): Promise<Seen> {
  const { timeoutMs, signal, retriesSilently } = given;
  const begin = monotonic();
  let heldSince: number | null = null;
  let rightSince: number | null = null;
  let changedAt = begin;
  let startedAt = begin;
  let before = '';
  for (;;) {
    const reading = await read();
    const now = monotonic();
    const drawn = reading?.rows.join('\n') ?? '';
    if (drawn !== before) changedAt = now;
    before = drawn;
    if (drawn.trim() === '' && now - begin < timeoutMs * STARTS) startedAt = now;
    const has = known();
    const holds = step.holds(has);
    if (heldSince !== null && !holds && step.name !== 'limit')
      return { recognised: false, why: lost(step), reading };
    if (holds) heldSince ??= now;
    const isRight =
      holds && reading?.classification.label === step.label && (!step.state || state() === step.state);
    rightSince = isRight ? (rightSince ?? now) : null;
    const byMotion = reading !== null && isByMotion(reading);
    if (rightSince !== null && now - rightSince >= (byMotion ? MOVES_MS : LASTS_MS))
      return { recognised: true, why: byMotion ? ONLY_MOTION : null, reading };
    if (reading === null) return { recognised: false, why: 'it has ended', reading };
    // What is read right already may have to last a little.
    const isNear = reading.classification.label === step.label;
    const isLate = now - (heldSince ?? startedAt) > timeoutMs + (isNear ? SETTLED_MS : 0);
    const tries = refusals(has);
    if (isLate && step.name === 'limit' && reading.classification.label === 'working')
      if (tries > 0 && (retriesSilently || tries >= MANY))
        return {
          recognised: true,
          why: `it was refused ${tries} times, and goes on: it is at work`,
          reading,
        };
    const isSettled = heldSince !== null && now - Math.max(heldSince, changedAt) > SETTLED_MS;
    if (isLate || (isSettled && !isRight))
      return {
        recognised: false,
        why: heldSince === null ? 'the model got no such order' : wrong(step, state()),
        reading,
      };
    signal.throwIfAborted();
    await sleep(POLL_MS);
  }
}

/** Refused more often than a client asks by itself before it gives up; one that is known for it may wait a minute. */
const MANY = 3;

const ONLY_MOTION = 'no rule reads its screen as work: only what moves on it says so';

const lost = ({ name }: RehearsalStep): string =>
  name === 'question' || name === 'approval'
    ? 'it did not wait for an answer'
    : name === 'working'
      ? 'the answer ended before its screen was read as working'
      : 'the agent went on by itself';

const wrong = ({ label, state }: RehearsalStep, recorded: string): string | null =>
  state && recorded !== state ? `${label} is right, but ${recorded} was recorded, not ${state}` : null;
