import { build } from 'esbuild';
import * as B from './scripts/build/bundles.mjs';

const { lateModules, lateBuiltins, replaced, separately, unusedSchemas } = B;
const entry = process.argv[2];
const r = await build({
  entryPoints: [entry],
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node20',
  external: ['better-sqlite3'],
  outfile: '/tmp/cli-scratch/one.js',
  format: 'cjs',
  metafile: true,
  logLevel: 'error',
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  supported: { 'dynamic-import': false },
  define: { 'import.meta.dirname': '__dirname' },
  plugins: [
    separately(entry),
    lateModules(entry),
    replaced('src/events/catalogue/checks.ts', 'export const versions={};export const check=()=>true;'),
    unusedSchemas,
    lateBuiltins,
  ],
});
const o = Object.values(r.metafile.outputs)[0];
const by = {};
for (const [f, { bytesInOutput: b }] of Object.entries(o.inputs)) {
  const m = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(f);
  const key = m ? m[1] : f.split('/').slice(0, 3).join('/');
  by[key] = (by[key] || 0) + b;
}
console.log(
  o.bytes,
  Object.entries(by)
    .sort((a, b) => b[1] - a[1])
    .slice(0, 16)
    .map((x) => x.join(' '))
    .join('\n'),
);
// who imports
const want = process.argv[3];
if (want) {
  const seen = new Map([[entry, null]]);
  const q = [entry];
  while (q.length) {
    const k = q.shift();
    for (const i of r.metafile.inputs[k]?.imports ?? []) {
      if (!seen.has(i.path) && r.metafile.inputs[i.path]) {
        seen.set(i.path, [k, i.kind]);
        q.push(i.path);
      }
    }
  }
  for (const k of seen.keys())
    if (k.includes(want) && o.inputs[k]?.bytesInOutput) {
      let t = [],
        p = k;
      while (p) {
        t.push(p.replace('src/', '') + (seen.get(p)?.[1] === 'dynamic-import' ? '(dyn)' : ''));
        p = seen.get(p)?.[0];
      }
      console.log(t.join(' <- '));
      break;
    }
}
