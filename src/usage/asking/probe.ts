import { setTimeout as sleep } from 'node:timers/promises';
import { BILLED_BY_KEY } from '../../agents/contract/descriptor.ts';
import {
  type Answer,
  type Failure,
  failure,
  NO_LIMITS,
  type Reading,
  type SourceContext,
  type UsageSource,
} from '../../agents/contract/limits/reading.ts';
import { type Attempt, asOf, nextReset, type UsageSample } from '../../agents/contract/limits/sample.ts';
import { errorMessage } from '../../lib/errors.ts';
import { type Child, type ChildSpec, startChild } from '../../lib/process/child.ts';
import { isGood } from '../../projections/usage/usage-summary.ts';
import type { Backend } from '../backends/index.ts';
import { sourcesOf } from './sources.ts';
import { fakeSample, notInstalledSample, unknownSample } from './unasked.ts';

export interface ProbeTarget {
  provider_id: string;
  /** The words of the command line that starts the agent; null when it is not installed. */
  agent: readonly string[] | null;
  /** What it is billed by without a subscription; null or left out if nothing is set up. */
  billing?: string | null;
}

export interface ProbeRequest extends ProbeSettings {
  targets: readonly ProbeTarget[];
}

export interface ProbeSettings {
  backend: Backend;
  /** Whether sources that need a terminal may be asked. */
  interactive: boolean;
  /** The overall deadline, in milliseconds; providers that have not answered by then are cut off. */
  deadline_ms: number;
  lastGood(provider: string): UsageSample | undefined;
  env: SourceContext['env'];
  home: string;
  helpers: SourceContext['helpers'];
  workdir: string;
  now(): Date;
  fetch?: typeof fetch;
  start?: (spec: ChildSpec) => Child;
  sources?: (provider: string, backend: Backend) => readonly UsageSource[] | Promise<readonly UsageSource[]>;
}

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

/** Asks one provider's sources in order until one answers. Never rejects. */
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
  const { provider_id } = target;
  const fixed = withoutAsking(target, request.now());
  if (fixed) return { sample: fixed, cut: false };
  const tried: Attempt[] = [];
  let refusal: { source: UsageSource; reading: Failure } | undefined;
  for (const source of await (request.sources ?? sourcesOf)(provider_id, request.backend)) {
    const started = performance.now();
    const reading =
      skipReason(source, request) ?? (await readInTime(source, contextOf(request, target), overall));
    tried.push(attempt(source, reading, performance.now() - started));
    if (reading.answered)
      return {
        sample: newestSample(request, sampleOf(request, target, source, reading, tried), tried),
        cut: false,
      };
    // The agent itself says that it is signed out: older figures may be of another account.
    if (reading.outcome === 'signed_out') {
      refusal = { source, reading };
      break;
    }
    if (overall.aborted) break;
  }
  const cut = overall.aborted && refusal === undefined;
  if (refusal) {
    const { source, reading } = refusal;
    if (target.billing) return { sample: billedSample(request, target, tried), cut };
    const facts = { status: 'unauthenticated', source: source.id, confidence: source.confidence } as const;
    return { sample: { ...blank(request, provider_id), ...facts, tried, warnings: [reading.reason] }, cut };
  }
  return { sample: unanswered(request, provider_id, tried), cut };
}

/** The sample of a provider that is not asked, because it is fake or not installed; null if it has to be asked. */
export function withoutAsking({ provider_id, agent }: ProbeTarget, now: Date): UsageSample | null {
  return fakeSample(provider_id, now) ?? (agent === null ? notInstalledSample(provider_id, now) : null);
}

function skipReason(source: UsageSource, request: ProbeSettings): Failure | null {
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
    return failure('failed', errorMessage(error));
  } finally {
    clearTimeout(timer);
    finished.abort();
  }
}

const attempt = (source: UsageSource, reading: Reading, took: number): Attempt => ({
  source: source.id,
  outcome: reading.answered ? 'answered' : reading.outcome,
  reason: reading.answered ? null : reading.reason,
  retry_at: reading.answered ? null : reading.retry_at,
  took_ms: Math.round(took),
});

const blank = ({ now }: ProbeSettings, provider_id: string): UsageSample => unknownSample(provider_id, now());

function sampleOf(
  request: ProbeSettings,
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

/** A worker of a setup without a login runs, and no subscription has a limit that it could reach. */
const billedSample = (
  request: ProbeSettings,
  { provider_id, billing }: ProbeTarget,
  tried: Attempt[],
): UsageSample => ({
  ...blank(request, provider_id),
  status: 'available',
  confidence: 'local_config',
  source: 'billing',
  tried,
  warnings: [`${BILLED_BY_KEY} (${billing}): no subscription, ${NO_LIMITS}`],
});

/** Figures that an agent wrote to a file earlier do not replace newer ones of the ledger. */
function newestSample(request: ProbeSettings, sample: UsageSample, tried: Attempt[]): UsageSample {
  const last = request.lastGood(sample.provider_id);
  return sample.stale && last && last.observed_at > sample.observed_at
    ? lastGoodSample(request, last, tried)
    : sample;
}

function unanswered(request: ProbeSettings, provider_id: string, tried: Attempt[]): UsageSample {
  const last = request.lastGood(provider_id);
  if (last && isGood(last)) return lastGoodSample(request, last, tried);
  const reasons = tried.flatMap(({ source, reason }) => (reason === null ? [] : [`${source}: ${reason}`]));
  const warnings =
    reasons.length > 0
      ? reasons
      : [`no source reports the limits of ${provider_id} with the backend ${request.backend}`];
  return { ...blank(request, provider_id), tried, warnings };
}

/** The last good sample with its own time, and why the question failed now. */
function lastGoodSample(request: ProbeSettings, last: UsageSample, tried: Attempt[]): UsageSample {
  const why = tried.find(wasTried) ?? tried.findLast(({ reason }) => reason !== null);
  const warnings = why ? [`kept from ${last.observed_at}: ${why.source}: ${why.reason}`] : last.warnings;
  return asOf(
    { ...last, checked_at: request.now().toISOString(), stale: true, tried, warnings },
    request.now(),
  );
}

/** Whether a source failed, as opposed to being absent or not asked. */
const wasTried = ({ outcome }: Attempt): boolean =>
  !['skipped', 'not_found', 'unsupported', 'answered'].includes(outcome);

/** AGENTPOOL_NO_INTERACTIVE_USAGE excludes terminals from every probe, whatever the command line says. */
export const interactiveAllowed = (env: SourceContext['env'], wanted: boolean): boolean =>
  wanted && !/^(?:1|true|yes|on)$/i.test(env.AGENTPOOL_NO_INTERACTIVE_USAGE ?? '');
