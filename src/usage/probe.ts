import { setTimeout as sleep } from 'node:timers/promises';
import { isGood } from '../projections/usage-summary.ts';
import { type Child, type ChildSpec, startChild } from '../providers/child.ts';
import {
  type Answer,
  type Failure,
  failure,
  type Reading,
  type SourceContext,
  type UsageSource,
} from './reading.ts';
import { type Attempt, asOf, type Confidence, nextReset, type UsageSample } from './sample.ts';
import { type Backend, sourcesOf } from './sources/index.ts';

export interface ProbeTarget {
  provider_id: string;
  /** The words that start the agent; null when it is not installed. */
  agent: readonly string[] | null;
  /** Our own fake agents have no account to ask: they are always there. */
  fake?: boolean;
}

export interface ProbeRequest {
  targets: readonly ProbeTarget[];
  backend: Backend;
  /** Whether sources that need a terminal may be asked. */
  interactive: boolean;
  /** When the answer is wanted, whoever has not answered by then. */
  deadline_ms: number;
  lastGood(provider: string): UsageSample | undefined;
  env: SourceContext['env'];
  home: string;
  helpers: SourceContext['helpers'];
  workdir: string;
  now(): Date;
  fetch?: typeof fetch;
  start?: (spec: ChildSpec) => Child;
  sources?: typeof sourcesOf;
}

export interface Probed {
  samples: UsageSample[];
  /** Some provider was cut off by the overall deadline: its sample is kept or unknown. */
  partial: boolean;
}

/** A source ends its child processes after its deadline; one that does not come back is left behind. */
const CLEANUP_MS = 3000;

/** Asks all providers in parallel, each one's sources in order. Never rejects: what failed is in the samples. */
export async function probe(request: ProbeRequest): Promise<Probed> {
  const overall = new AbortController();
  const timer = setTimeout(() => overall.abort(), request.deadline_ms);
  try {
    const results = await Promise.all(
      request.targets.map((target) => probeProvider(request, target, overall.signal)),
    );
    return { samples: results.map(({ sample }) => sample), partial: results.some(({ cut }) => cut) };
  } finally {
    clearTimeout(timer);
  }
}

async function probeProvider(request: ProbeRequest, target: ProbeTarget, overall: AbortSignal) {
  const { provider_id } = target;
  const fixed = withoutAsking(request, target);
  if (fixed) return { sample: fixed, cut: false };
  const tried: Attempt[] = [];
  let refusal: { source: UsageSource; reading: Failure } | undefined;
  for (const source of (request.sources ?? sourcesOf)(provider_id, request.backend)) {
    const started = performance.now();
    const reading =
      skipReason(source, request) ?? (await readInTime(source, contextOf(request, target), overall));
    tried.push(attempt(source, reading, performance.now() - started));
    if (reading.answered)
      return {
        sample: settle(request, sampleOf(request, target, source, reading, tried), tried),
        cut: false,
      };
    // The agent itself says that nobody is signed in: older figures would be of nobody's account.
    if (reading.outcome === 'signed_out') {
      refusal = { source, reading };
      break;
    }
    if (overall.aborted) break;
  }
  const cut = overall.aborted && refusal === undefined;
  if (refusal) {
    const { source, reading } = refusal;
    const facts = { status: 'unauthenticated', source: source.id, confidence: source.confidence } as const;
    return { sample: { ...blank(request, provider_id), ...facts, tried, warnings: [reading.reason] }, cut };
  }
  return { sample: unanswered(request, provider_id, tried), cut };
}

/** Providers whose sample needs no question. */
function withoutAsking(request: ProbeRequest, target: ProbeTarget): UsageSample | null {
  const sample = blank(request, target.provider_id);
  if (target.fake) return { ...sample, status: 'available', confidence: 'local_config', source: 'fake' };
  if (target.agent !== null) return null;
  return {
    ...sample,
    status: 'unavailable',
    confidence: 'local_cli',
    source: 'path',
    warnings: ['the agent is not installed'],
  };
}

function skipReason(source: UsageSource, request: ProbeRequest): Failure | null {
  if (source.interactive && !request.interactive) return failure('skipped', 'interactive probing is off');
  const wanted = source.opt_in === undefined || /^(?:1|true|yes|on)$/i.test(request.env[source.opt_in] ?? '');
  return wanted ? null : failure('skipped', `off by default: set ${source.opt_in}=1`);
}

function contextOf(request: ProbeRequest, { agent }: ProbeTarget): Omit<SourceContext, 'signal'> {
  const { env, home, helpers, workdir, now } = request;
  return {
    env,
    home,
    helpers,
    workdir,
    now,
    agent,
    fetch: request.fetch ?? fetch,
    start: request.start ?? startChild,
  };
}

async function readInTime(
  source: UsageSource,
  context: Omit<SourceContext, 'signal'>,
  overall: AbortSignal,
): Promise<Reading> {
  const own = new AbortController();
  const timer = setTimeout(() => own.abort(), source.deadline_ms);
  const signal = AbortSignal.any([own.signal, overall]);
  const left = new AbortController();
  const late = new Promise<void>((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  )
    .then(() => sleep(CLEANUP_MS, undefined, { signal: left.signal }))
    .then(() => failure('timed_out', 'no answer before the deadline'));
  late.catch(() => undefined);
  try {
    if (signal.aborted) return failure('timed_out', 'no time was left to ask');
    return await Promise.race([source.read({ ...context, signal }), late]);
  } catch (error) {
    return failure('failed', error instanceof Error ? error.message : String(error));
  } finally {
    clearTimeout(timer);
    left.abort();
  }
}

const attempt = (source: UsageSource, reading: Reading, took: number): Attempt => ({
  source: source.id,
  outcome: reading.answered ? 'answered' : reading.outcome,
  reason: reading.answered ? null : reading.reason,
  retry_at: reading.answered ? null : reading.retry_at,
  took_ms: Math.round(took),
});

/** A provider that nobody has asked about its limits yet. */
export const unaskedSample = (provider_id: string, now: Date): UsageSample => ({
  ...unknownSample(provider_id, now),
  warnings: [`not asked yet: agentpool usage --provider ${provider_id}`],
});

const blank = ({ now }: ProbeRequest, provider_id: string): UsageSample => unknownSample(provider_id, now());

function unknownSample(provider_id: string, now: Date): UsageSample {
  const at = now.toISOString();
  return {
    provider_id,
    status: 'unknown',
    confidence: 'unknown' as Confidence,
    source: null,
    checked_at: at,
    observed_at: at,
    stale: false,
    plan: null,
    windows: [],
    credits_remaining: null,
    premium_requests_remaining: null,
    reset_at: null,
    tried: [],
    warnings: [],
    raw: {},
  };
}

function sampleOf(
  request: ProbeRequest,
  target: ProbeTarget,
  source: UsageSource,
  reading: Answer,
  tried: Attempt[],
): UsageSample {
  const { answered: _, observed_at, ...facts } = reading;
  const sample = blank(request, target.provider_id);
  const given = {
    ...sample,
    ...facts,
    confidence: source.confidence,
    source: source.id,
    observed_at: observed_at ?? sample.observed_at,
    reset_at: nextReset(facts.windows),
    tried,
    raw: { source: source.id, ...facts.raw },
  };
  return asOf(given, request.now());
}

/** Figures that somebody wrote down earlier do not replace newer ones that we have. */
function settle(request: ProbeRequest, sample: UsageSample, tried: Attempt[]): UsageSample {
  const last = request.lastGood(sample.provider_id);
  return sample.stale && last && last.observed_at > sample.observed_at ? kept(request, last, tried) : sample;
}

function unanswered(request: ProbeRequest, provider_id: string, tried: Attempt[]): UsageSample {
  const last = request.lastGood(provider_id);
  if (last && isGood(last)) return kept(request, last, tried);
  const reasons = tried.flatMap(({ source, reason }) => (reason === null ? [] : [`${source}: ${reason}`]));
  const warnings =
    reasons.length > 0
      ? reasons
      : [`nothing tells the limits of ${provider_id} with the backend ${request.backend}`];
  return { ...blank(request, provider_id), tried, warnings };
}

/** A failed question takes nothing away: the last good sample stays, with its own time and what failed now. */
function kept(request: ProbeRequest, last: UsageSample, tried: Attempt[]): UsageSample {
  const why = tried.findLast(({ reason }) => reason !== null);
  const warnings = why ? [`kept from ${last.observed_at}: ${why.source}: ${why.reason}`] : last.warnings;
  return asOf(
    { ...last, checked_at: request.now().toISOString(), stale: true, tried, warnings },
    request.now(),
  );
}

/** AGENTPOOL_NO_INTERACTIVE_USAGE takes terminals out of every probe, whatever the command line says. */
export const interactiveAllowed = (env: SourceContext['env'], wanted: boolean): boolean =>
  wanted && !/^(?:1|true|yes|on)$/i.test(env.AGENTPOOL_NO_INTERACTIVE_USAGE ?? '');
