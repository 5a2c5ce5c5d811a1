import { constants, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqlite } from '../../src/events/store/connection.ts';
import { agentpool } from '../agentpool.ts';
import { type BenchOptions, besideFloor, type Figure } from '../figure.ts';
import { seededHome } from '../seeds.ts';
import { run, timed } from '../timing.ts';

/** `ledger rebuild` and `ledger verify` as whole processes, compared with reading and parsing all events. */
export function* rebuild(options: BenchOptions): Generator<Figure> {
  const events = options.quick ? 30_000 : 1_000_000;
  const seeded = seededHome(events, options);
  const home = mkdtempSync(join(tmpdir(), 'agentpool-bench-'));
  try {
    const file = join(home, 'ledger.sqlite');
    copyFileSync(join(seeded, 'ledger.sqlite'), file, constants.COPYFILE_FICLONE);
    options.onProgress(`reading ${events} events`);
    const floor = {
      value: timed(() => readAndParse(file)) / 1000,
      unit: 's' as const,
      what: 'read + parse',
    };
    options.onProgress(`rebuilding all read models of ${events} events`);
    const rebuilt = timed(() => run(agentpool(home, 'ledger', 'rebuild', '--json'))) / 1000;
    yield besideFloor({ what: `ledger rebuild, ${events} events`, value: rebuilt, unit: 's' }, floor, 1.5);
    options.onProgress(`verifying ${events} events`);
    const verified = timed(() => run(agentpool(home, 'ledger', 'verify', '--json'))) / 1000;
    yield besideFloor({ what: `ledger verify, ${events} events`, value: verified, unit: 's' }, floor, 1.8);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function readAndParse(file: string): void {
  const connection = openSqlite(file, { readonly: true });
  const rows = connection.prepare<[], { payload: string }>('SELECT * FROM events ORDER BY position');
  for (const { payload } of rows.iterate()) JSON.parse(payload);
  connection.close();
}
