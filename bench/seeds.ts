import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { catalogue } from '../src/events/catalogue/index.ts';
import { LEDGER_FORMAT, LEDGER_SCHEMA } from '../src/events/store/schema.ts';
import { projections } from '../src/projections/projector/all.ts';
import type { BenchOptions } from './figure.ts';
import { SEED_VERSION, seed } from './seed.ts';

const CACHE = join(tmpdir(), 'agentpool-bench-seeds');

/** The day before which the seeds end, and everything that determines a ledger's content. */
function key(day: string): string {
  const versions = Object.entries(catalogue).map(([type, { version }]) => [type, version]);
  const models = projections.map(({ name, version, schema }) => [name, version, schema]);
  const all = JSON.stringify([SEED_VERSION, LEDGER_FORMAT, LEDGER_SCHEMA, versions, models]);
  return `${day}-${createHash('sha256').update(all).digest('hex').slice(0, 12)}`;
}

/**
 * An AGENTPOOL_HOME whose ledger has `events` events, created on first use. Read-only: callers that write must copy it.
 * Homes of other days are deleted; those of other versions stay, so that checkouts can be measured in turn.
 */
export function seededHome(events: number, { onProgress }: BenchOptions): string {
  const day = new Date().toISOString().slice(0, 10);
  const current = key(day);
  mkdirSync(CACHE, { recursive: true, mode: 0o700 });
  for (const other of readdirSync(CACHE)) {
    if (!other.startsWith(day)) rmSync(join(CACHE, other), { recursive: true, force: true });
  }
  const home = join(CACHE, current, String(events));
  if (existsSync(home)) return home;
  const draft = `${home}.${process.pid}`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  onProgress(`creating a ledger of ${events} events`);
  seed(join(draft, 'ledger.sqlite'), {
    events,
    until: new Date(`${day}T00:00:00Z`),
    onProgress: (done) => done % 200_000 === 0 && onProgress(`${done} events`),
  });
  renameSync(draft, home);
  return home;
}
