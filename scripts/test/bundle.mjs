// Compiles the tests to JavaScript once. Compiling in the process of each file, as a loader does, takes longer than most
// of them run.
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** Code that looks for files beside itself finds them beside its source. */
const besideSource = {
  name: 'beside-source',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8'))
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path))),
      loader: 'ts',
    }));
  },
};

/**
 * Writes `<folder>/0001/src/a.test.js` for `src/a.test.ts`, and what several of them import in shared chunks. Files that
 * are not `slow` and only compute run together in one process, as `<folder>/0002/together.test.js`: to start a process
 * takes longer than most of them. Returns the paths to run. Node runs them in alphabetical order: the number keeps that
 * of `files`.
 */
export async function bundleTests(files, folder, slow) {
  const out = files.map((file, index) => `${String(index).padStart(4, '0')}/${file.replace(/\.ts$/, '')}`);
  const { metafile } = await build({
    entryPoints: files.map((file, index) => ({ in: `./${file}`, out: out[index] })),
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: 'linked',
    metafile: true,
    external: ['better-sqlite3', 'esbuild', 'playwright-core', 'react-devtools-core'],
    alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
    banner: {
      js: "import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);",
    },
    plugins: [besideSource],
    logLevel: 'warning',
  });
  const together = files.map((file) => !slow.has(file) && onlyComputes(file, metafile.inputs));
  const alone = out.filter((_, index) => !together[index]);
  const parts = inParts(out.filter((_, index) => together[index]));
  return [...alone, ...parts.map((part) => groupOf(part, folder))].map((path) => `${folder}/${path}.js`);
}

/** Files of one process: enough to share its start, few enough that the last process ends with the others. */
const TOGETHER = 20;

const inParts = (paths) =>
  Array.from({ length: Math.ceil(paths.length / TOGETHER) }, (_, part) =>
    paths.slice(part * TOGETHER, (part + 1) * TOGETHER),
  );

/** Writes the file that runs these one after the other, in the place of the first. */
function groupOf(paths, folder) {
  if (paths.length === 1) return paths[0];
  const group = `${paths[0].slice(0, 4)}/together.test`;
  const lines = paths.map((path) => `import '../${path}.js';\n`);
  writeFileSync(`${folder}/${group}.js`, lines.join(''));
  return group;
}

/** What a file that computes and at most reads and writes files does not import: its tests disturb no other's. */
const OUTSIDE =
  /^(?:node:)?(?:child_process|cluster|dns|http|https|net|tls|worker_threads|better-sqlite3|esbuild|playwright-core)(?:\/|$)/;

function onlyComputes(file, inputs) {
  const seen = new Set([file]);
  for (const path of seen) {
    for (const { path: imported, external } of inputs[path].imports) {
      if (external && OUTSIDE.test(imported)) return false;
      if (!external) seen.add(imported);
    }
  }
  return true;
}
