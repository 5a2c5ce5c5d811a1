// Bundles the browser part of the replay page into one file of JSON: its script, its style and its markup. The script has
// the same code for the hash chain, the catalogue of events and their words as the command line.
import { readFile, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { replaced, unusedSchemas } from './bundles.mjs';

/** A module of Node that nothing on the page calls. One that is called would end up in the page: then the build fails. */
const noBuiltins = {
  name: 'no-builtins',
  setup: ({ onLoad, onResolve }) => {
    onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: 'builtin', sideEffects: false }));
    onLoad({ filter: /./, namespace: 'builtin' }, () => ({ contents: 'module.exports = {}' }));
  },
};

/** Writes `file`. `eventChecks`: the compiled schemas of the events. Returns the metafiles of esbuild. */
export async function buildReplayPage(file, eventChecks) {
  const common = { bundle: true, minify: true, write: false, metafile: true, logLevel: 'warning' };
  const script = await build({
    ...common,
    entryPoints: ['src/web/replay/main.ts'],
    platform: 'browser',
    format: 'iife',
    target: ['chrome105', 'firefox113', 'safari16.4'],
    plugins: [
      replaced('src/events/catalogue/checks.ts', eventChecks),
      replaced(
        'src/events/catalogue/faults.ts',
        "export const faultsOf = () => 'its data does not match its type';",
      ),
      unusedSchemas,
      noBuiltins,
    ],
  });
  const style = await build({ ...common, entryPoints: ['src/web/replay/style/page.css'] });
  const [{ inputs }] = Object.values(script.metafile.outputs);
  const foreign = Object.entries(inputs).filter(
    ([input, { bytesInOutput }]) => bytesInOutput > 0 && /^builtin:|\/typebox\/build\/type\//.test(input),
  );
  if (foreign.length > 0)
    throw new Error(`the replay page must not contain ${foreign.map(([name]) => name).join(', ')}`);
  const asset = {
    script: textOf(script),
    style: textOf(style),
    markup: await readFile('src/web/replay/page.html', 'utf8'),
  };
  await writeFile(file, JSON.stringify(asset));
  return [script.metafile, style.metafile];
}

/** A script cannot hold the end of its own element. */
const textOf = ({ outputFiles: [{ text }] }) => text.replaceAll('</', '<\\/').trim();
