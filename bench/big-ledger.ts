import { constants, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchOptions } from './figure.ts';
import { seededHome } from './seeds.ts';

export interface BigLedger {
  home: string;
  file: string;
  events: number;
}

/** Yields what `measure` does with a copy of a ledger of a million events (30,000 if quick), which is then removed. */
export function* onBigLedger<T>(
  options: BenchOptions,
  measure: (ledger: BigLedger) => Iterable<T>,
): Generator<T> {
  const events = options.quick ? 30_000 : 1_000_000;
  const seeded = seededHome(events, options);
  const home = mkdtempSync(join(tmpdir(), 'agentpool-bench-'));
  try {
    const file = join(home, 'ledger.sqlite');
    copyFileSync(join(seeded, 'ledger.sqlite'), file, constants.COPYFILE_FICLONE);
    yield* measure({ home, file, events });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
