import type { UsageSample } from '../../agents/contract/limits/sample.ts';
import type { LedgerEvent } from '../../events/catalogue/index.ts';
import type { Ledger } from '../../projections/projector/ledger.ts';
import { knownUsageOf } from '../../projections/usage/queries.ts';
import { worthAppending } from './worth-recording.ts';

export const usageStream = (provider: string): string => `usage/${provider}`;

export interface RecordOptions {
  actor: string;
  /** The session whose agent warned. */
  correlationId?: string;
  /** When it was seen, if that was earlier than now. */
  occurredAt?: string;
}

/** Appends a sample if it says something new; false if it does not, and in a ledger that may only be read. */
export function recordSample(ledger: Ledger, sample: UsageSample, options: RecordOptions): boolean {
  if (ledger.store.isReadOnly) return false;
  // Compared within the append's transaction: ten commands that learn the same at once append one event.
  return ledger.store.transaction(() => {
    const known = knownUsageOf(ledger, sample.provider_id);
    const before = sample.confidence === 'provider_warning' ? known?.warned : known?.latest;
    if (!worthAppending(before ?? undefined, sample)) return false;
    const event = { type: 'usage.sampled', data: sample } satisfies Partial<LedgerEvent>;
    ledger.store.append(usageStream(sample.provider_id), [event], options);
    return true;
  });
}
