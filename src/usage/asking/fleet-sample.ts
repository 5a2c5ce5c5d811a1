import { setTimeout as sleep } from 'node:timers/promises';
import type { UsageSample } from '../../agents/contract/limits/sample.ts';
import { asOf } from '../../agents/contract/limits/sample.ts';
import { providerOfKey } from '../../config/accounts.ts';
import { lastPosition } from '../../events/store/log-queries.ts';
import { replicaFile } from '../../fleet/replicas/replica.ts';
import type { ProbedAccount, ProbeTurn } from '../../fleet/server/probes.ts';
import { monotonic } from '../../lib/time/monotonic.ts';
import { openReader } from '../../projections/reader.ts';
import { knownUsage } from '../../projections/usage/queries.ts';
import { usageSummary } from '../../projections/usage/usage-summary.ts';
import type { Login } from './account.ts';

const POLL_MS = 20;

type Answered = Extract<ProbeTurn, { kind: 'answered' }>;

/**
 * What the log of another machine has of an account, once it is here up to the answer; null if it does not arrive in
 * time.
 */
export async function fetchedSample(
  folder: string,
  { provider, account }: ProbedAccount,
  { machineId, position }: Answered,
  until: number,
): Promise<UsageSample | null> {
  for (;;) {
    const reader = openReader(replicaFile(folder, machineId), [usageSummary]);
    try {
      if (reader && lastPosition(reader) >= position) {
        const samples = knownUsage(reader).flatMap(({ provider_id, good }) =>
          good?.account === account && providerOfKey(provider_id) === provider ? [good] : [],
        );
        return samples.sort((a, b) => (a.checked_at < b.checked_at ? 1 : -1))[0] ?? null;
      }
    } finally {
      reader?.close();
    }
    if (monotonic() >= until) return null;
    await sleep(POLL_MS);
  }
}

/**
 * The sample as this machine would have it: its times are of another clock, and its answer was not recorded again if it
 * was the same.
 */
export function asOurs(
  sample: UsageSample,
  { key, login, now }: { key: string; login: Login | null; now: Date },
  { machine, ageMs }: Pick<Answered, 'machine' | 'ageMs'>,
): UsageSample {
  const at = new Date(now.getTime() - ageMs).toISOString();
  const { login_folder: _, ...raw } = sample.raw;
  const folder = login === null ? {} : { login_folder: login.folder };
  const ours = { ...sample, provider_id: key, checked_at: at, observed_at: at, stale: false };
  return asOf({ ...ours, raw: { ...raw, ...folder, machine } }, now);
}
