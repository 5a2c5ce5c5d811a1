import { setTimeout as sleep } from 'node:timers/promises';
import type { UsageFailure, UsageReading, UsageSource } from '../../agents/contract/limits/reading.ts';

/** A source that was asked, and what came of it. */
export interface AskedSource {
  source: UsageSource;
  reading: UsageReading;
  /** Milliseconds. */
  took: number;
}

export interface SourcesAsked {
  /** In the order of the sources. A file that was not needed is not among them. */
  asked: AskedSource[];
  /** The one that answered, or whose agent is signed out; null if none did. */
  last: AskedSource | null;
}

interface Asking {
  /** Never rejects. */
  read(source: UsageSource, signal: AbortSignal): Promise<UsageReading>;
  /** The deadline of the whole. */
  overall: AbortSignal;
  /** How long a source is waited for before the next one is asked beside it. */
  patience_ms?: number | undefined;
}

/** The sources answer within a second or two, and starting another agent is not free. */
const PATIENCE_MS = 3000;

export const isSignedOut = (reading: UsageReading): reading is UsageFailure =>
  !reading.answered && reading.outcome === 'signed_out';

const settles = ({ reading }: AskedSource): boolean => reading.answered || isSignedOut(reading);

/**
 * Asks sources until one answers. Files are read at once, beside the provider, and are what is known when it does not
 * answer; a source that hangs holds up none behind it. What needs a terminal comes last: it is slow, and it is seen.
 */
export async function askInOrder(sources: readonly UsageSource[], asking: Asking): Promise<SourcesAsked> {
  const files = sources.filter(({ reach }) => reach === 'offline');
  const live = sources.filter(({ reach, interactive }) => reach !== 'offline' && !interactive);
  const screens = sources.filter(({ reach, interactive }) => reach !== 'offline' && interactive);
  const read = Promise.all(files.map((source) => timed(source, asking, asking.overall)));
  const first = await askUntil(live, asking);
  if (first.last) return first;
  const fromFiles = await read;
  const file = fromFiles.find(settles) ?? null;
  if (file) return { asked: inOrder(sources, [...first.asked, ...fromFiles], file), last: file };
  const second = await askUntil(screens, asking);
  const asked = [...first.asked, ...fromFiles, ...second.asked];
  return { asked: inOrder(sources, asked, null), last: second.last };
}

/** As the sources are listed; files behind the one that answered were not needed. */
function inOrder(
  sources: readonly UsageSource[],
  asked: readonly AskedSource[],
  answered: AskedSource | null,
): AskedSource[] {
  const place = ({ source }: AskedSource): number => sources.indexOf(source);
  const needed = asked.filter(
    (each) => answered === null || each.source.reach !== 'offline' || place(each) <= place(answered),
  );
  return needed.toSorted((a, b) => place(a) - place(b));
}

async function timed(source: UsageSource, { read }: Asking, signal: AbortSignal): Promise<AskedSource> {
  const started = performance.now();
  const reading = await read(source, signal);
  return { source, reading, took: performance.now() - started };
}

/** One after the other; the next one also when the one before is slow. The first answer ends it. */
async function askUntil(sources: readonly UsageSource[], asking: Asking): Promise<SourcesAsked> {
  const done = new AbortController();
  const signal = AbortSignal.any([asking.overall, done.signal]);
  const waiting = new Map<UsageSource, Promise<AskedSource>>();
  const asked: AskedSource[] = [];
  const left = [...sources];
  try {
    for (;;) {
      const next = asking.overall.aborted ? undefined : left[0];
      if (waiting.size === 0) {
        if (next === undefined) return { asked: inOrder(sources, asked, null), last: null };
        waiting.set(next, timed(next, asking, signal));
        left.shift();
        continue;
      }
      const result = await firstOf(waiting, next !== undefined, asking);
      if (result === null) {
        if (next === undefined || asking.overall.aborted) continue;
        waiting.set(next, timed(next, asking, signal));
        left.shift();
        continue;
      }
      waiting.delete(result.source);
      asked.push(result);
      if (settles(result)) return { asked: inOrder(sources, asked, null), last: result };
    }
  } finally {
    done.abort();
    // Their programs are ended before the question is over.
    await Promise.allSettled(waiting.values());
  }
}

/** The next source that is through; null when it is time to ask another one beside it. */
async function firstOf(
  waiting: ReadonlyMap<UsageSource, Promise<AskedSource>>,
  isImpatient: boolean,
  { overall, patience_ms = PATIENCE_MS }: Asking,
): Promise<AskedSource | null> {
  if (!isImpatient) return Promise.race(waiting.values());
  const patience = new AbortController();
  const signal = AbortSignal.any([patience.signal, overall]);
  const tick = sleep(patience_ms, null, { signal, ref: false }).catch(() => null);
  try {
    return await Promise.race([...waiting.values(), tick]);
  } finally {
    patience.abort();
  }
}
