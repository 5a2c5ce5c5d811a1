import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { type Figure, meetsBudget, type Part, ratio } from './figure.ts';
import { keep, releaseBefore, rowPaths } from './releases.ts';
import { head, row } from './table.ts';

const parts: Record<string, () => Promise<Part>> = {
  append: async () => (await import('./parts/append.ts')).append,
  query: async () => (await import('./parts/query.ts')).query,
  stats: async () => (await import('./parts/stats.ts')).stats,
  start: async () => (await import('./parts/start.ts')).start,
  events: async () => (await import('./parts/events.ts')).events,
  verify: async () => (await import('./parts/verify.ts')).verify,
  'ledger-stats': async () => (await import('./parts/ledger-stats.ts')).ledgerStats,
  backup: async () => (await import('./parts/backup.ts')).backup,
  rebuild: async () => (await import('./parts/rebuild.ts')).rebuild,
  spawn: async () => (await import('./parts/spawn.ts')).spawn,
  worker: async () => (await import('./parts/worker.ts')).worker,
  replay: async () => (await import('./parts/replay.ts')).replay,
  observe: async () => (await import('./parts/observe.ts')).observe,
  watcher: async () => (await import('./parts/watcher.ts')).watcher,
  latency: async () => (await import('./parts/latency.ts')).latency,
  flood: async () => (await import('./parts/flood.ts')).flood,
  recording: async () => (await import('./parts/recording.ts')).recording,
  transcript: async () => (await import('./parts/transcript.ts')).transcript,
  mcp: async () => (await import('./parts/mcp.ts')).mcp,
  fleet: async () => (await import('./parts/fleet.ts')).fleet,
  dashboard: async () => (await import('./parts/dashboard.ts')).dashboard,
};

const USAGE = `usage: npm run bench -- [--quick] [--json] [--keep] [PART...]
  --quick  fewer rounds and smaller ledgers
  --json   one document at the end, in place of a table
  --keep   keep the figures in bench/releases as those of the version in package.json
parts: ${Object.keys(parts).join(', ')} (default: all)`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      quick: { type: 'boolean' },
      json: { type: 'boolean' },
      keep: { type: 'boolean' },
      help: { type: 'boolean' },
    },
    allowPositionals: true,
  });
  const names = positionals.length > 0 ? positionals : Object.keys(parts);
  const unknown = names.filter((name) => !Object.hasOwn(parts, name));
  // The figures of a release are those of whole ledgers.
  const wrong = values.keep && values.quick ? 'use --keep without --quick' : '';
  if (values.help || unknown.length > 0 || wrong) {
    console.error([unknown.length > 0 ? `no part ${unknown.join(', ')}` : wrong, USAGE].join('\n').trim());
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  await measure(names, {
    quick: values.quick === true,
    json: values.json === true,
    keep: values.keep === true,
  });
}

async function measure(names: readonly string[], options: { quick: boolean; json: boolean; keep: boolean }) {
  const onProgress = (what: string) => console.error(`· ${what}`);
  const version = versionOfPackage();
  const former = releaseBefore(version);
  const pathOf = rowPaths();
  const figures: Record<string, Figure> = {};
  if (!options.json) console.log(head(former));
  for (const name of names) {
    onProgress(name);
    const part = await parts[name]?.();
    if (!part) continue;
    for await (const figure of part({ quick: options.quick, onProgress })) {
      const path = pathOf(figure);
      figures[path] = figure;
      if (!options.json) console.log(row(figure, former?.figures[path]));
    }
  }
  if (options.json) {
    const rows = Object.entries(figures).map(([path, figure]) => ({
      ...figure,
      ratio: ratio(figure),
      former: former?.figures[path] ?? null,
      kept: meetsBudget(figure),
    }));
    console.log(JSON.stringify({ former_release: former?.release ?? null, figures: rows }, null, 2));
  }
  if (options.keep) onProgress(`kept in ${keep({ release: version, measured: machine(), figures })}`);
}

const versionOfPackage = (): string =>
  (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string })
    .version;

/** The day, and what the figures depend on. */
const machine = (): string =>
  `${new Date().toISOString().slice(0, 10)}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`;

await main();
