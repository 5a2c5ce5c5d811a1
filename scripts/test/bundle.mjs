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

/** Writes `<folder>/src/a.test.js` for `src/a.test.ts`, and what several of them import in shared chunks. */
export async function bundleTests(files, folder) {
  await build({
    entryPoints: files.map((file) => `./${file}`),
    outdir: folder,
    outbase: '.',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: 'linked',
    external: ['better-sqlite3', 'esbuild'],
    alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
    banner: {
      js: "import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);",
    },
    plugins: [besideSource],
    logLevel: 'warning',
  });
}
