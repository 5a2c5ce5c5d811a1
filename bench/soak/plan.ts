import { type Random, seededRandom } from '../random.ts';
import { KINDS, type Kind, kindNames } from './kinds.ts';

/** One simulated hour, in seconds of the real clock. */
export const HOUR_S = 150;

export interface PlannedWorker {
  /** Seconds after the begin of the run. */
  at: number;
  kind: Kind;
  /** How long it takes what it has to wait for: its limit's reset, its deadline, its place in the queue. */
  waitS: number;
}

export interface Plan extends Pick<PlanOptions, 'minutes' | 'rate'> {
  workers: PlannedWorker[];
  /** No worker begins later than that. */
  seconds: number;
  /** How many courses may be under way: more is no soak, but a machine that is too slow for the rate. */
  mostAtOnce: number;
  /** When the watcher is killed with SIGKILL, in seconds after the begin. */
  kills: number[];
  /** When what ended workers have left is removed, and by whom. */
  removals: { at: number; by: 'gc' | 'watcher' }[];
}

export interface PlanOptions {
  seed: number;
  minutes: number;
  /** Workers in a real minute. */
  rate: number;
}

/** Between two kills of the watcher, in seconds: a watcher must live long enough for its growth to show. */
const KILL_EVERY_S = 480;
/** What is killed or begun in this share of the run is seen to its end. */
const LAST = 0.7;

/** All that happens in a run, by its seed. Every kind comes once before any comes twice. Pure. */
export function planOf({ seed, minutes, rate }: PlanOptions): Plan {
  const random = seededRandom(seed);
  const seconds = minutes * 60;
  const count = Math.max(1, Math.round(minutes * rate));
  const workers: PlannedWorker[] = [];
  let left: Kind[] = [];
  for (let index = 0; index < count; index++) {
    if (left.length === 0) left = shuffled(dealtKinds(), random);
    const kind = left.pop() ?? 'completes';
    const at = ((index + random.next()) * seconds) / count;
    const [least, most] = KINDS[kind].waitS;
    workers.push({ at, kind, waitS: random.between(least, most) });
  }
  const kills: number[] = [];
  for (let at = Math.min(KILL_EVERY_S, seconds / 2); at < seconds * LAST; at += KILL_EVERY_S)
    kills.push(at + random.between(-15, 15));
  const removals: Plan['removals'] = [];
  for (let at = HOUR_S; at < seconds; at += HOUR_S)
    removals.push({ at, by: removals.length % 2 === 0 ? 'gc' : 'watcher' });
  return { minutes, rate, workers, seconds, mostAtOnce: mostAtOnce(rate), kills, removals };
}

/** As many as begin in a minute and a half, where a course takes a quarter of one on average, and a few for low rates. */
const mostAtOnce = (rate: number): number => Math.ceil(rate * 1.5) + 4;

const dealtKinds = (): Kind[] =>
  kindNames.flatMap((kind) => Array.from({ length: KINDS[kind].weight }, () => kind));

function shuffled<T>(given: readonly T[], random: Random): T[] {
  const left = [...given];
  return given.map(() => left.splice(random.between(0, left.length - 1), 1)[0] as T);
}
