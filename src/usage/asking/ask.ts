import { join } from 'node:path';
import { detectOptions, madeProbeFolder } from '../../agents/cached-detection.ts';
import type { AccountPlace } from '../../agents/contract/limits/reading.ts';
import type { UsageSample } from '../../agents/contract/limits/sample.ts';
import { billedByKey, type Detected, type DetectTarget, locate } from '../../agents/contract/locate.ts';
import { findHelpers } from '../../agents/contract/search-path.ts';
import type { DetectionPlace } from '../../agents/last-detected.ts';
import { targetsOf } from '../../agents/registry.ts';
import { inAccount, providerOfKey } from '../../config/accounts.ts';
import { membershipIn } from '../../fleet/membership.ts';
import { monotonic } from '../../lib/time/monotonic.ts';
import type { Ledger } from '../../projections/projector/ledger.ts';
import { knownUsageOf } from '../../projections/usage/queries.ts';
import type { Backend } from '../backends/index.ts';
import { isSameAccount, type Login, loginAt } from './account.ts';
import { askOnce } from './ask-once.ts';
import type { FleetProbes, Patience } from './fleet-probes.ts';
import { type Probed, type ProbedOne, probeOne, withoutAsking } from './probe.ts';
import type { ProbeTarget } from './probe-request.ts';
import { recordSample } from './record.ts';
import { retryFile } from './retry-memory.ts';
import { sourcesOf } from './sources.ts';
import { unknownSample } from './unasked.ts';

/** Where usage is asked for and recorded: an AppContext is one. */
export interface UsagePlace extends DetectionPlace {
  ledger: Ledger;
  actor: string;
}

export interface UsageOptions {
  /** Only these; null for every provider that config.yaml enables. */
  providers: readonly string[] | null;
  backend: Backend;
  /** Whether sources that need a terminal may be asked. */
  interactive: boolean;
  /** An answer that any process got at most this long ago, in milliseconds, is used again. */
  fresh_ms: number;
  /** When the whole has to be through, by the monotonic clock; left out for as long as the slowest source needs. */
  until?: number;
  /** How long a fleet is waited for; left out for as long as is bearable. */
  patience?: Patience;
  /** Called at the start and after each answer, with the answers so far and the providers that are still asked. */
  onAnswer?: (samples: readonly UsageSample[], waiting: readonly string[]) => void;
}

/** An account that is asked, in its own environment. */
type Target = ProbeTarget & AccountPlace;

/** How long an answer serves other callers: ten callers at once are one question, and so are two in a row. */
export const JUST_NOW_MS = 5000;

/** How long to wait for answers, in milliseconds; sources that need a terminal are slower. */
const deadline = ({ interactive, until }: UsageOptions): number =>
  until === undefined ? (interactive ? 60_000 : 30_000) : Math.max(LEAST_MS, until - monotonic());

/** What is left to ask in after a slow detection. */
const LEAST_MS = 1000;

/**
 * Asks the providers in parallel and records what is new. Never rejects: failures are in the samples. `detected` is
 * the result of a detection that just ran, so that no program is started again for its version.
 */
export async function askUsage(
  place: UsagePlace,
  request: UsageOptions,
  detected: readonly Detected[] | null = null,
): Promise<Probed> {
  const asked = monotonic();
  const workdir = madeProbeFolder(place.paths);
  const options = detectOptions(place, workdir);
  // It connects while the agents are looked for.
  const fleet = await fleetProbes(place, request.patience);
  const wanted = (await targetsOf(place.config)).filter(
    ({ account }) => request.providers?.includes(account.key) ?? true,
  );
  const [helpers, targets] = await Promise.all([
    findHelpers(options),
    Promise.all(wanted.map((each) => targetOf(each, place, { backend: request.backend, detected }))),
  ]);
  const waiting = new Set(targets.map(({ provider_id }) => provider_id));
  const samples: UsageSample[] = [];
  request.onAnswer?.(samples, [...waiting]);
  const answers = await Promise.all(
    targets.map(async (target) => {
      const answer = await inTime(
        place,
        request,
        target,
        answerOf(place, request, target, { helpers, workdir, fleet, asked }),
      );
      waiting.delete(target.provider_id);
      samples.push(answer.sample);
      request.onAnswer?.(samples, [...waiting]);
      return answer;
    }),
  );
  void fleet?.close();
  return { samples: answers.map(({ sample }) => sample), partial: answers.some(({ cut }) => cut) };
}

/** Null if this machine is not in a fleet. The driver of the database is loaded only in one. */
async function fleetProbes(
  { ledger, paths, env }: UsagePlace,
  patience: Patience | undefined,
): Promise<FleetProbes | null> {
  const member = membershipIn(ledger.store);
  if (member === null) return null;
  const { FleetProbes } = await import('./fleet-probes.ts');
  return FleetProbes.open(paths, member, env, patience);
}

/** Beyond the deadline of the question: another process may have asked before, and its children may not end. */
const GRACE_MS = 5000;

/** The answer, or what the ledger has, when no answer comes: one provider must not hold up the others without end. */
async function inTime(
  { ledger }: UsagePlace,
  request: UsageOptions,
  { provider_id, login = null }: ProbeTarget,
  asked: Promise<ProbedOne>,
): Promise<ProbedOne> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<ProbedOne>((done) => {
    timer = setTimeout(() => {
      const good = knownUsageOf(ledger, provider_id)?.good;
      const sample = good && isSameAccount(good, login) ? good : unknownSample(provider_id, new Date());
      done({ sample: { ...sample, stale: true, warnings: ['it did not answer in time'] }, cut: true });
    }, deadline(request) + GRACE_MS);
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
    asked.catch(() => {});
  }
}

async function targetOf(
  { account, descriptor }: DetectTarget,
  place: UsagePlace,
  { backend, detected }: { backend: Backend; detected: readonly Detected[] | null },
): Promise<Target> {
  const found = detected?.find(({ id }) => id === account.key);
  const options = inAccount(detectOptions(place), account);
  const agent = found ? found.command : await locate(descriptor, options);
  const at = { env: options.env, home: options.home };
  const login = agent === null ? null : await loginOf(descriptor.id, at, backend);
  return { provider_id: account.key, agent, billing: billedByKey(descriptor, options), login, ...at };
}

async function loginOf(provider: string, at: AccountPlace, backend: Backend): Promise<Login | null> {
  const source = (await sourcesOf(provider, backend)).find(({ account }) => account !== undefined);
  const login = await source?.account?.(at);
  return login ? loginAt(login) : null;
}

async function answerOf(
  place: UsagePlace,
  request: UsageOptions,
  target: Target,
  {
    helpers,
    workdir,
    fleet,
    asked,
  }: {
    helpers: Readonly<Record<string, readonly string[]>>;
    workdir: string;
    fleet: FleetProbes | null;
    asked: number;
  },
): Promise<ProbedOne> {
  const fixed = withoutAsking(target, new Date());
  if (fixed) return { sample: fixed, cut: false };
  const { ledger, paths, actor } = place;
  const { backend, interactive, fresh_ms } = request;
  const { login = null } = target;
  const deadline_ms = deadline(request);
  const shared = {
    file: join(paths.run, 'usage', `${target.provider_id}.sqlite`),
    // Another account is another question.
    key: JSON.stringify([backend, interactive, target.agent, target.billing ?? null, login]),
    fresh_ms,
    max_wait_ms: deadline_ms,
  };
  return askOnce(shared, async () => {
    const { env, home } = target;
    const { now } = detectOptions(place);
    const began = monotonic();
    const question = {
      ...{ key: target.provider_id, login, fresh_ms, asked, deadline_ms, now },
      last: knownUsageOf(ledger, target.provider_id)?.good ?? undefined,
    };
    const shared = await fleet?.answer(question);
    if (shared) {
      recordSample(ledger, shared, { actor });
      return { sample: shared, cut: false };
    }
    const lastGood = (provider: string) => knownUsageOf(ledger, provider)?.good ?? undefined;
    const sources = (id: string, of: Backend) => sourcesOf(providerOfKey(id), of, place.config);
    const retries = retryFile(
      join(paths.run, 'usage', `${target.provider_id}.retry.json`),
      login?.id ?? login?.folder ?? '',
    );
    const settings = {
      backend,
      interactive,
      deadline_ms: Math.max(LEAST_MS, deadline_ms - (monotonic() - began)),
      lastGood,
      retries,
      env,
      home,
      helpers,
      workdir,
      now,
      sources,
    };
    const probed = await probeOne(settings, target);
    recordSample(ledger, probed.sample, { actor });
    fleet?.ended(question, probed.sample, ledger.store.lastPosition());
    return probed;
  });
}
