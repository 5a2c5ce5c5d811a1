import { setTimeout as sleep } from 'node:timers/promises';
import {
  failure,
  type SourceContext,
  type UsageFailure,
  type UsageReading,
  type UsageSource,
} from '../../agents/contract/limits/reading.ts';
import type { UsageSample } from '../../agents/contract/limits/sample.ts';
import { scrub } from '../../agents/contract/limits/scrub.ts';
import { errorMessage } from '../../lib/errors.ts';
import { fetchThrough } from '../../lib/net/proxy.ts';
import { startChild } from '../../lib/process/child.ts';
import { type AskedSource, askInOrder, isSignedOut } from './in-order.ts';
import type { ProbeRequest, ProbeSettings, ProbeTarget } from './probe-request.ts';
import { attempt, sampleFor } from './probed-sample.ts';
import { sourcesOf } from './sources.ts';
import { fakeSample, notInstalledSample } from './unasked.ts';

export interface Probed {
  samples: UsageSample[];
  /** The overall deadline cut a provider off: its sample is the last good one, or unknown. */
  partial: boolean;
}

/** How long a source may take to end its child processes after its deadline. After that it is abandoned. */
const CLEANUP_MS = 3000;

export interface ProbedOne {
  sample: UsageSample;
  /** The overall deadline cut the question off: the sample is the last good one, or unknown. */
  cut: boolean;
}

/** Asks all providers in parallel. Never rejects: failures are in the samples. */
export async function probe(request: ProbeRequest): Promise<Probed> {
  const results = await Promise.all(request.targets.map((target) => probeOne(request, target)));
  return { samples: results.map(({ sample }) => sample), partial: results.some(({ cut }) => cut) };
}

/** Asks one provider's sources until one answers. Never rejects. */
export async function probeOne(request: ProbeSettings, target: ProbeTarget): Promise<ProbedOne> {
  const overall = new AbortController();
  const timer = setTimeout(() => overall.abort(), request.deadline_ms);
  try {
    return await probeProvider(request, target, overall.signal);
  } finally {
    clearTimeout(timer);
  }
}

async function probeProvider(
  request: ProbeSettings,
  target: ProbeTarget,
  overall: AbortSignal,
): Promise<ProbedOne> {
  const fixed = withoutAsking(target, request.now());
  if (fixed) return { sample: fixed, cut: false };
  const sources = await (request.sources ?? sourcesOf)(target.provider_id, request.backend);
  const read = (source: UsageSource, signal: AbortSignal): Promise<UsageReading> => {
    const unasked = skipReason(source, request) ?? pauseOf(source, request);
    return unasked ? Promise.resolve(unasked) : readInTime(source, contextOf(request, target), signal);
  };
  const found = await askInOrder(sources, { read, overall, patience_ms: request.patience_ms });
  for (const { source, reading } of found.asked) keepPause(source, reading, request);
  const tried = found.asked.map(({ source, reading, took }) => attempt(source, reading, took));
  return {
    sample: sampleFor(request, target, found.last, tried),
    cut: overall.aborted && !isWord(found.last),
  };
}

/** The provider's own word, be it that the login is signed out, as opposed to a file that an agent wrote once. */
const isWord = (last: AskedSource | null): boolean =>
  last !== null && last.source.reach === 'network' && (last.reading.answered || isSignedOut(last.reading));

/** What the provider has asked for before: not to be asked yet. */
function pauseOf(source: UsageSource, { retries, now }: ProbeSettings): UsageFailure | null {
  const pause = retries?.pause(source.id, now()) ?? null;
  if (pause === null) return null;
  const time = `${pause.until.slice(0, 16)}Z`;
  return failure('rate_limited', `${pause.reason}, not asked again before ${time}`, pause.until);
}

function keepPause(source: UsageSource, reading: UsageReading, { retries, now }: ProbeSettings): void {
  if (reading.answered || reading.retry_at === null || Date.parse(reading.retry_at) <= now().getTime())
    return;
  if (retries?.pause(source.id, now()) != null) return;
  retries?.keep(source.id, { reason: reading.reason, until: reading.retry_at }, now());
}

/** The sample of a provider that is not asked, because it is fake or not installed; null if it has to be asked. */
export function withoutAsking({ provider_id, agent }: ProbeTarget, now: Date): UsageSample | null {
  return fakeSample(provider_id, now) ?? (agent === null ? notInstalledSample(provider_id, now) : null);
}

function skipReason(source: UsageSource, request: ProbeSettings): UsageFailure | null {
  if (source.interactive && !request.interactive) return failure('skipped', 'interactive probing is off');
  const isEnabled =
    source.opt_in === undefined || /^(?:1|true|yes|on)$/i.test(request.env[source.opt_in] ?? '');
  return isEnabled ? null : failure('skipped', `off by default: set ${source.opt_in}=1`);
}

function contextOf(request: ProbeSettings, { agent }: ProbeTarget): Omit<SourceContext, 'signal'> {
  const { env, home, helpers, workdir, now } = request;
  return {
    env,
    home,
    helpers,
    workdir,
    now,
    agent,
    fetch: request.fetch ?? fetchThrough(env, fetch),
    start: request.start ?? startChild,
  };
}

async function readInTime(
  source: UsageSource,
  context: Omit<SourceContext, 'signal'>,
  overall: AbortSignal,
): Promise<UsageReading> {
  const own = new AbortController();
  const timer = setTimeout(() => own.abort(), source.deadline_ms);
  const signal = AbortSignal.any([own.signal, overall]);
  const finished = new AbortController();
  const late = new Promise<void>((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  )
    .then(() => sleep(CLEANUP_MS, undefined, { signal: finished.signal }))
    .then(() => failure('timed_out', 'no answer before the deadline'));
  late.catch(() => undefined);
  try {
    if (signal.aborted) return failure('timed_out', 'no time was left to ask');
    return await Promise.race([source.read({ ...context, signal }), late]);
  } catch (error) {
    return failure('failed', scrub(errorMessage(error)));
  } finally {
    clearTimeout(timer);
    finished.abort();
  }
}

/** AGENTPOOL_NO_INTERACTIVE_USAGE excludes terminals from every probe, whatever the command line says. */
export const interactiveAllowed = (env: SourceContext['env'], wanted: boolean): boolean =>
  wanted && !/^(?:1|true|yes|on)$/i.test(env.AGENTPOOL_NO_INTERACTIVE_USAGE ?? '');
