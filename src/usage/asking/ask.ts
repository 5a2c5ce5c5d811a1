import { join } from 'node:path';
import { detectOptions, makeProbeFolder } from '../../agents/cached-detection.ts';
import type { ProviderDescriptor } from '../../agents/contract/descriptor.ts';
import { type Detected, findHelpers, locate } from '../../agents/contract/locate.ts';
import type { DetectionPlace } from '../../agents/last-detected.ts';
import { descriptorsOf } from '../../agents/registry.ts';
import type { Ledger } from '../../projections/projector/ledger.ts';
import { knownUsageOf } from '../../projections/usage/queries.ts';
import type { Backend } from '../backends/index.ts';
import { askOnce } from './ask-once.ts';
import { type Probed, type ProbedOne, type ProbeTarget, probeOne, withoutAsking } from './probe.ts';
import { recordSample } from './record.ts';

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
  makeProbeFolder(place.paths);
  const options = detectOptions(place);
  const wanted = (await descriptorsOf(place.config)).filter(
    ({ id }) => request.providers?.includes(id) ?? true,
  );
  const [helpers, targets] = await Promise.all([
    findHelpers(options),
    Promise.all(wanted.map((descriptor) => targetOf(descriptor, place, detected))),
  ]);
  const answers = await Promise.all(targets.map((target) => answerOf(place, request, target, helpers)));
  return { samples: answers.map(({ sample }) => sample), partial: answers.some(({ cut }) => cut) };
}

async function targetOf(
  descriptor: ProviderDescriptor,
  place: UsagePlace,
  detected: readonly Detected[] | null,
): Promise<ProbeTarget> {
  const found = detected?.find(({ id }) => id === descriptor.id);
  const agent = found ? found.command : await locate(descriptor, detectOptions(place));
  return { provider_id: descriptor.id, agent };
}

async function answerOf(
  place: UsagePlace,
  { backend, interactive, fresh_ms }: UsageOptions,
  target: ProbeTarget,
  helpers: Readonly<Record<string, readonly string[]>>,
): Promise<ProbedOne> {
  const fixed = withoutAsking(target, new Date());
  if (fixed) return { sample: fixed, cut: false };
  const { ledger, env, paths, actor } = place;
  const deadline_ms = deadline(interactive);
  const shared = {
    file: join(paths.run, 'usage', `${target.provider_id}.sqlite`),
    key: JSON.stringify([backend, interactive, target.agent]),
    fresh_ms,
    max_wait_ms: deadline_ms,
  };
  return askOnce(shared, async () => {
    const { home, workdir, now } = detectOptions(place);
    const lastGood = (provider: string) => knownUsageOf(ledger, provider)?.good ?? undefined;
    const settings = { backend, interactive, deadline_ms, lastGood, env, home, helpers, workdir, now };
    const probed = await probeOne(settings, target);
    recordSample(ledger, probed.sample, { actor });
    return probed;
  });
}
