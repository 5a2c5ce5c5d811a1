import { parseArgs } from 'node:util';
import { type Figure, head, meetsBudget, type Part, row } from './figure.ts';

const parts: Record<string, () => Promise<Part>> = {
  append: async () => (await import('./parts/append.ts')).append,
  query: async () => (await import('./parts/query.ts')).query,
  stats: async () => (await import('./parts/stats.ts')).stats,
  start: async () => (await import('./parts/start.ts')).start,
  rebuild: async () => (await import('./parts/rebuild.ts')).rebuild,
  spawn: async () => (await import('./parts/spawn.ts')).spawn,
  worker: async () => (await import('./parts/worker.ts')).worker,
  observe: async () => (await import('./parts/observe.ts')).observe,
  watcher: async () => (await import('./parts/watcher.ts')).watcher,
  latency: async () => (await import('./parts/latency.ts')).latency,
  flood: async () => (await import('./parts/flood.ts')).flood,
  recording: async () => (await import('./parts/recording.ts')).recording,
  transcript: async () => (await import('./parts/transcript.ts')).transcript,
  mcp: async () => (await import('./parts/mcp.ts')).mcp,
  dashboard: async () => (await import('./parts/dashboard.ts')).dashboard,
};

const USAGE = `usage: npm run bench -- [--quick] [--json] [PART...]
parts: ${Object.keys(parts).join(', ')} (default: all)`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { quick: { type: 'boolean' }, json: { type: 'boolean' }, help: { type: 'boolean' } },
    allowPositionals: true,
  });
  const names = positionals.length > 0 ? positionals : Object.keys(parts);
  const unknown = names.filter((name) => !Object.hasOwn(parts, name));
  if (values.help || unknown.length > 0) {
    console.error(unknown.length > 0 ? `no part ${unknown.join(', ')}\n${USAGE}` : USAGE);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const onProgress = (what: string) => console.error(`· ${what}`);
  const options = { quick: values.quick === true, onProgress };
  const figures: Figure[] = [];
  if (!values.json) console.log(head());
  for (const name of names) {
    onProgress(name);
    const part = await parts[name]?.();
    if (!part) continue;
    for await (const figure of part(options)) {
      if (values.json) figures.push(figure);
      else console.log(row(figure));
    }
  }
  if (values.json) {
    const rows = figures.map((figure) => ({ ...figure, kept: meetsBudget(figure) }));
    console.log(JSON.stringify({ figures: rows }, null, 2));
  }
}

await main();
