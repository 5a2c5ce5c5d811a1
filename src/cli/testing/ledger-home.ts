import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importLines } from '../../events/transfer/transfer.ts';
import { temporaryFolder } from '../../lib/testing/processes.ts';
import { type Ledger, openLedger } from '../../projections/projector/ledger.ts';

const HISTORIES = fileURLToPath(new URL('../../../fixtures/histories/v0.2.0/', import.meta.url));

export const historyFile = (name: string) => join(HISTORIES, `${name}.ndjson`);

/** A new home, with a recorded history as its ledger if one is named. */
export async function ledgerHome(history?: string): Promise<string> {
  const home = join(temporaryFolder(), 'home');
  mkdirSync(home, { mode: 0o700 });
  const ledger = openLedger(ledgerFile(home));
  try {
    if (history) await importLines(ledger.store, linesOf(historyFile(history)));
  } finally {
    ledger.close();
  }
  return home;
}

export const ledgerFile = (home: string) => join(home, 'ledger.sqlite');

/** Opens a home's ledger, passes it to the function and closes it. */
export function withLedger<T>(home: string, work: (ledger: Ledger) => T): T {
  const ledger = openLedger(ledgerFile(home));
  try {
    return work(ledger);
  } finally {
    ledger.close();
  }
}

async function* linesOf(file: string): AsyncGenerator<string> {
  yield* readFileSync(file, 'utf8').split('\n');
}
