import { after } from 'node:test';
import type { Projection } from '../projection.ts';
import { allCheckpoints } from '../projector/checkpoints.ts';
import { type Ledger, type LedgerOptions, openLedger } from '../projector/ledger.ts';

/** A ledger with these read models; closed when the test file is done. */
export function opened(
  file: string,
  projections: readonly Projection[],
  options: LedgerOptions = {},
): Ledger {
  const ledger = openLedger(file, { ...options, projections });
  after(() => ledger.close());
  return ledger;
}

/** The notes in the table of a read model. */
export const textsOf = (ledger: Ledger, table = 'counted') =>
  ledger.all<{ text: string }>(`SELECT text FROM ${table} ORDER BY position`).map(({ text }) => text);

/** The notes that `appendNotes` has appended. */
export const expectedTexts = (count: number, as = (text: string) => text) =>
  Array.from({ length: count }, (_, index) => as(`n${index + 1}`));

/** How far each read model has come, shadows first. */
export const checkpoints = (ledger: Ledger) =>
  allCheckpoints(ledger)
    .map(({ name, version, position, active }) => ({ name, version, position, active }))
    .sort((one, other) => one.active - other.active);
