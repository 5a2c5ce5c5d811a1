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
import {
  type Attempt,
  asOf,
  isFailedAttempt,
  nextReset,
  type UsageSample,
} from '../../agents/contract/limits/sample.ts';
import { scrub } from '../../agents/contract/limits/scrub.ts';
import { errorMessage } from '../../lib/errors.ts';
import { fetchThrough } from '../../lib/net/proxy.ts';
import { type Child, type ChildSpec, startChild } from '../../lib/process/child.ts';
import { isGood } from '../../projections/usage/usage-summary.ts';
import type { Backend } from '../backends/index.ts';
import { accountOf, isSameAccount, type Login } from './account.ts';
import { type Asked, askInOrder, isSignedOut } from './in-order.ts';
import type { RetryMemory } from './retry-memory.ts';
import { sourcesOf } from './sources.ts';
import { fakeSample, notInstalledSample, unknownSample } from './unasked.ts';

export interface ProbeTarget {
  /** The key of the account. */
  provider_id: string;
  /** The words of the command line that starts the agent; null when it is not installed. */
  agent: readonly string[] | null;
  /** What it is billed by without a subscription; null or left out if nothing is set up. */
  billing?: string | null;
  /** Whose limits these are; null or left out if nothing says so. */
  login?: Login | null;
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
  /** When each source may be asked again; left out where that is of no concern. */
  retries?: RetryMemory;
  /** How long a source is waited for before the next one is asked beside it, in milliseconds. */
  patience_ms?: number;
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
  const read = (source: UsageSource, signal: AbortSignal): Promise<Reading> => {
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
const isWord = (last: Asked | null): boolean =>
  last !== null && last.source.reach === 'network' && (last.reading.answered || isSignedOut(last.reading));

function sampleFor(
  request: ProbeSettings,
  target: ProbeTarget,
  last: Asked | null,
  tried: Attempt[],
): UsageSample {
  const { source, reading } = last ?? {};
  if (!source || !reading) return unanswered(request, target, tried);
  if (reading.answered)
    return newestSample(request, target, sampleOf(request, target, source, reading, tried), tried);
  // The agent itself says that it is signed out: older figures may be of another account.
  if (target.billing) return billedSample(request, target, tried);
  const facts = { status: 'unauthenticated', source: source.id, confidence: source.confidence } as const;
  return { ...blank(request, target), ...facts, tried, warnings: [reading.reason] };
}

/** What the provider has asked for before: not to be asked yet. */
function pauseOf(source: UsageSource, { retries, now }: ProbeSettings): Failure | null {
  const pause = retries?.pause(source.id, now()) ?? null;
  if (pause === null) return null;
  const time = `${pause.until.slice(0, 16)}Z`;
  return failure('rate_limited', `${pause.reason}, not asked again before ${time}`, pause.until);
}

function keepPause(source: UsageSource, reading: Reading, { retries, now }: ProbeSettings): void {
  if (reading.answered || reading.retry_at === null || Date.parse(reading.retry_at) <= now().getTime())
    return;
  if (retries?.pause(source.id, now()) != null) return;
  retries?.keep(source.id, { reason: reading.reason, until: reading.retry_at }, now());
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
    fetch: request.fetch ?? fetchThrough(env, fetch),
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
    return failure('failed', scrub(errorMessage(error)));
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

const blank = ({ now, lastGood }: ProbeSettings, { provider_id, login = null }: ProbeTarget): UsageSample => {
  const last = lastGood(provider_id);
  // Before the first figures there is nothing that another account could be mistaken for.
  const account = last ? accountOf(null, login, last) : (login?.id ?? null);
  const sample = unknownSample(provider_id, now());
  return login === null ? sample : { ...sample, account, raw: { login_folder: login.folder } };
};

function sampleOf(
  request: ProbeSettings,
  target: ProbeTarget,
  source: UsageSource,
  reading: Answer,
  tried: Attempt[],
): UsageSample {
  const { answered: _, observed_at, account: reported, ...facts } = reading;
  const { provider_id, login = null } = target;
  const sample = blank(request, target);
  const given = {
    ...sample,
    ...facts,
    account: accountOf(reported, login, request.lastGood(provider_id)),
    confidence: source.confidence,
    source: source.id,
    observed_at: observed_at ?? sample.observed_at,
    blocked: refusalAt(facts.blocked, observed_at ?? sample.observed_at),
    reset_at: nextReset(facts.windows),
    tried,
    warnings: [...facts.warnings, ...(reading.stale ? keptBecause(tried, observed_at) : [])],
    raw: { ...sample.raw, source: source.id, ...facts.raw },
  };
  return asOf(given, request.now());
}

/** A refusal that names a moment before it was given does not say when it ends. */
const refusalAt = (blocked: Answer['blocked'], at: string): Answer['blocked'] =>
  blocked?.until != null && blocked.until <= at ? { ...blocked, until: null } : blocked;

/** A worker of a setup without a login runs, and no subscription has a limit that it could reach. */
const billedSample = (request: ProbeSettings, target: ProbeTarget, tried: Attempt[]): UsageSample => ({
  ...blank(request, target),
  status: 'available',
  confidence: 'local_config',
  source: 'billing',
  tried,
  warnings: [`${BILLED_BY_KEY} (${target.billing}): no subscription, ${NO_LIMITS}`],
});

/** The last good figures, if they are of the account that was asked now. */
function lastGoodOf(
  request: ProbeSettings,
  { provider_id, login = null }: ProbeTarget,
): UsageSample | undefined {
  const last = request.lastGood(provider_id);
  return last && isGood(last) && isSameAccount(last, login) ? last : undefined;
}

/** Figures that an agent wrote to a file earlier do not replace newer ones of the ledger. */
function newestSample(
  request: ProbeSettings,
  target: ProbeTarget,
  sample: UsageSample,
  tried: Attempt[],
): UsageSample {
  const last = lastGoodOf(request, target);
  const isOlder = sample.stale && last !== undefined && last.observed_at > sample.observed_at;
  const isSame = (last?.account ?? null) === (sample.account ?? null);
  return isOlder && (isSame || last.account == null) ? lastGoodSample(request, last, tried) : sample;
}

function unanswered(request: ProbeSettings, target: ProbeTarget, tried: Attempt[]): UsageSample {
  const last = lastGoodOf(request, target);
  if (last) return lastGoodSample(request, last, tried);
  const reasons = tried.flatMap(({ source, reason }) => (reason === null ? [] : [`${source}: ${reason}`]));
  const warnings =
    reasons.length > 0
      ? reasons
      : [`no source reports the limits of ${target.provider_id} with the backend ${request.backend}`];
  return { ...blank(request, target), tried, warnings };
}

/** The last good sample with its own time, and why the question failed now. */
function lastGoodSample(request: ProbeSettings, last: UsageSample, tried: Attempt[]): UsageSample {
  const why = tried.find(isFailedAttempt) ?? tried.findLast(({ reason }) => reason !== null);
  const warnings = why ? [`kept from ${last.observed_at}: ${why.source}: ${why.reason}`] : last.warnings;
  return asOf(
    { ...last, checked_at: request.now().toISOString(), stale: true, tried, warnings },
    request.now(),
  );
}

/** Why figures of a file are shown in place of the provider's word. */
function keptBecause(tried: readonly Attempt[], observed_at: string | null): string[] {
  const why = tried.find(isFailedAttempt);
  return why && observed_at !== null ? [`kept from ${observed_at}: ${why.source}: ${why.reason}`] : [];
}

/** AGENTPOOL_NO_INTERACTIVE_USAGE excludes terminals from every probe, whatever the command line says. */
export const interactiveAllowed = (env: SourceContext['env'], wanted: boolean): boolean =>
  wanted && !/^(?:1|true|yes|on)$/i.test(env.AGENTPOOL_NO_INTERACTIVE_USAGE ?? '');
