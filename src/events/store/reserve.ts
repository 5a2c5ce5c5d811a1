import { rmSync, statSync, writeFileSync } from 'node:fs';

/** Enough for some events: an append writes each page of the database that it changes. */
const BYTES = 512 * 1024;

const reserveOf = (ledger: string): string => `${ledger}-reserve`;

/**
 * Keeps some space beside the ledger. The intent of something that cannot be undone is recorded first; if the disk is full
 * when the outcome is to be recorded, or when the ledger is opened, `spendReserve` frees the space for it. A disk without space for it has none.
 */
export function keepReserve(ledger: string): void {
  const file = reserveOf(ledger);
  try {
    if (statSync(file, { throwIfNoEntry: false })?.size === BYTES) return;
    // Not zeros: some file systems store those without taking space.
    writeFileSync(file, Buffer.alloc(BYTES, 'agentpool '), { mode: 0o600 });
  } catch {
    rmSync(file, { force: true });
  }
}

/** Frees the space; false if there was none. */
export function spendReserve(ledger: string): boolean {
  const file = reserveOf(ledger);
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return false;
  rmSync(file, { force: true });
  return true;
}
