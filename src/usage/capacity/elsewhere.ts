import type { UsageSample } from '../../agents/contract/limits/sample.ts';
import { providerOfKey } from '../../config/accounts.ts';
import type { KnownUsage } from '../../projections/usage/queries.ts';
import { accountOf, isGood } from '../../projections/usage/usage-summary.ts';

/** What the log of another machine has of one account, with its times by the clock of this machine. */
export interface UsageElsewhere {
  machine: string;
  known: KnownUsage;
}

/** A sample as a reader sees it now. */
export type CurrentSample = UsageSample & {
  /** The machine that it is from; only where that is another one. */
  machine?: string;
};

/** A sample, and when the newest of what it says was measured. ISO 8601. */
export interface Measured {
  sample: UsageSample;
  at: string;
}

/**
 * The newest of what this machine and the others know of one account. Nothing is taken over where this machine is not
 * signed in, where its account is not known, or where another machine knows no more of the account than the folder of
 * its login: two machines have equal folders and different accounts.
 */
export function newestAnywhere(
  id: string,
  own: Measured & { account: string | null },
  elsewhere: readonly UsageElsewhere[],
  measured: (known: KnownUsage) => Measured,
): CurrentSample {
  const { account } = own;
  const isReplaceable = isGood(own.sample) || own.sample.status === 'unknown';
  if (account === null || !isReplaceable) return own.sample;
  let newest: (Measured & { machine?: string }) | null = isGood(own.sample) ? own : null;
  for (const { machine, known } of elsewhere) {
    if (known.good === null || !isOfAccount(known.good, id, account)) continue;
    // A question that has failed there says nothing of what is left.
    const latest = known.latest !== null && isGood(known.latest) ? known.latest : known.good;
    const found = measured({ ...known, latest });
    if (isGood(found.sample) && (newest === null || found.at > newest.at)) newest = { ...found, machine };
  }
  if (newest?.machine === undefined) return own.sample;
  return { ...newest.sample, provider_id: id, machine: newest.machine };
}

function isOfAccount(sample: UsageSample, id: string, account: string): boolean {
  const isIdKnown = accountOf(sample) !== sample.raw.login_folder;
  return (
    isIdKnown && accountOf(sample) === account && providerOfKey(sample.provider_id) === providerOfKey(id)
  );
}
