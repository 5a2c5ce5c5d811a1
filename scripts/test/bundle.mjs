// Compiles the tests to JavaScript once. Compiling in the process of each file, as a loader does, takes longer than most
// of them run.
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
 * Writes `<folder>/0001/src/a.test.js` for `src/a.test.ts`, and what several of them import in shared chunks. Returns
 * their paths. Node runs them in alphabetical order: the number keeps that of `files`.
 */
export async function bundleTests(files, folder) {
  const out = files.map((file, index) => `${String(index).padStart(4, '0')}/${file.replace(/\.ts$/, '')}`);
  await build({
    entryPoints: files.map((file, index) => ({ in: `./${file}`, out: out[index] })),
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: 'linked',
    external: ['better-sqlite3', 'esbuild', 'playwright-core'],
    alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
    banner: {
      js: "import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);",
    },
    plugins: [besideSource],
    logLevel: 'warning',
  });
  return out.map((path) => `${folder}/${path}.js`);
}
