import { join } from 'node:path';
import { detectOptions, madeProbeFolder } from '../../agents/cached-detection.ts';
import type { ProviderDescriptor } from '../../agents/contract/descriptor.ts';
import type { UsageSample } from '../../agents/contract/limits/sample.ts';
import { billedByKey, type Detected, findHelpers, locate } from '../../agents/contract/locate.ts';
import type { DetectionPlace } from '../../agents/last-detected.ts';
import { descriptorsOf } from '../../agents/registry.ts';
import type { Ledger } from '../../projections/projector/ledger.ts';
import { knownUsageOf } from '../../projections/usage/queries.ts';
import type { Backend } from '../backends/index.ts';
import { askOnce } from './ask-once.ts';
import { type Probed, type ProbedOne, type ProbeTarget, probeOne, withoutAsking } from './probe.ts';
import { recordSample } from './record.ts';
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
  /** Called at the start and after each answer, with the answers so far and the providers that are still asked. */
  onAnswer?: (samples: readonly UsageSample[], waiting: readonly string[]) => void;
}

/** How long an answer serves other callers: ten callers at once are one question, and so are two in a row. */
export const JUST_NOW_MS = 5000;

/** How long to wait for answers, in milliseconds; sources that need a terminal are slower. */
const deadline = (interactive: boolean): number => (interactive ? 60_000 : 30_000);

/**
 * Asks the providers in parallel and records what is new. Never rejects: failures are in the samples. `detected` is
 * the result of a detection that just ran, so that no program is started again for its version.
 */
export async function askUsage(
  place: UsagePlace,
  request: UsageOptions,
  detected: readonly Detected[] | null = null,
): Promise<Probed> {
  const workdir = madeProbeFolder(place.paths);
  const options = detectOptions(place, workdir);
  const wanted = (await descriptorsOf(place.config)).filter(
    ({ id }) => request.providers?.includes(id) ?? true,
  );
  const [helpers, targets] = await Promise.all([
    findHelpers(options),
    Promise.all(wanted.map((descriptor) => targetOf(descriptor, place, detected))),
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
        answerOf(place, request, target, { helpers, workdir }),
      );
      waiting.delete(target.provider_id);
      samples.push(answer.sample);
      request.onAnswer?.(samples, [...waiting]);
      return answer;
    }),
  );
  return { samples: answers.map(({ sample }) => sample), partial: answers.some(({ cut }) => cut) };
}

/** Beyond the deadline of the question: another process may have asked before, and its children may not end. */
const GRACE_MS = 5000;

/** The answer, or what the ledger has, when no answer comes: one provider must not hold up the others without end. */
async function inTime(
  { ledger }: UsagePlace,
  { interactive }: UsageOptions,
  { provider_id }: ProbeTarget,
  asked: Promise<ProbedOne>,
): Promise<ProbedOne> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<ProbedOne>((done) => {
    timer = setTimeout(() => {
      const sample = knownUsageOf(ledger, provider_id)?.good ?? unknownSample(provider_id, new Date());
      done({ sample: { ...sample, stale: true, warnings: ['it did not answer in time'] }, cut: true });
    }, deadline(interactive) + GRACE_MS);
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
    asked.catch(() => {});
  }
}

async function targetOf(
  descriptor: ProviderDescriptor,
  place: UsagePlace,
  detected: readonly Detected[] | null,
): Promise<ProbeTarget> {
  const found = detected?.find(({ id }) => id === descriptor.id);
  const agent = found ? found.command : await locate(descriptor, detectOptions(place));
  return { provider_id: descriptor.id, agent, billing: billedByKey(descriptor, detectOptions(place)) };
}

async function answerOf(
  place: UsagePlace,
  { backend, interactive, fresh_ms }: UsageOptions,
  target: ProbeTarget,
  { helpers, workdir }: { helpers: Readonly<Record<string, readonly string[]>>; workdir: string },
): Promise<ProbedOne> {
  const fixed = withoutAsking(target, new Date());
  if (fixed) return { sample: fixed, cut: false };
  const { ledger, env, paths, actor } = place;
  const deadline_ms = deadline(interactive);
  const shared = {
    file: join(paths.run, 'usage', `${target.provider_id}.sqlite`),
    key: JSON.stringify([backend, interactive, target.agent, target.billing ?? null]),
    fresh_ms,
    max_wait_ms: deadline_ms,
  };
  return askOnce(shared, async () => {
    const { home, now } = detectOptions(place);
    const lastGood = (provider: string) => knownUsageOf(ledger, provider)?.good ?? undefined;
    const sources = (id: string, of: Backend) => sourcesOf(id, of, place.config);
    const settings = {
      backend,
      interactive,
      deadline_ms,
      lastGood,
      env,
      home,
      helpers,
      workdir,
      now,
      sources,
    };
    const probed = await probeOne(settings, target);
    recordSample(ledger, probed.sample, { actor });
    return probed;
  });
}
