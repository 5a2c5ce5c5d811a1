// Bundles the command line into dist: scripts/build/bundles.mjs lists the files. They are CommonJS, since Node starts
// that 10 ms sooner than an ES module.

import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import {
  BUILD_ID,
  bundles,
  eachAgent,
  functionsOfModules,
  importing,
  isModule,
  kept,
  LOADER,
  late,
  lateBuiltins,
  lateModules,
  loaderOf,
  nativePart,
  replaced,
  separately,
  unusedSchemas,
  withoutDevtools,
} from './build/bundles.mjs';
import { buildReplayPage } from './build/replay-page.mjs';

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  // Its other build calls require() in a way that no bundler follows.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  logLevel: 'warning',
  metafile: true,
};

// Built in another folder and moved into place at once: a command that starts meanwhile finds a complete build.
const draft = `dist-${process.pid}`;
mkdirSync(draft);
writeFileSync(`${draft}/package.json`, '{ "type": "commonjs" }\n');

/** For what is bundled into an ES module and calls require. */
const makesRequire =
  "import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url),__dirname=import.meta.dirname;";

const factsFile = `${draft}/facts.mjs`;
await build({
  ...common,
  entryPoints: ['scripts/build/facts.ts'],
  external: ['better-sqlite3'],
  outfile: factsFile,
  format: 'esm',
  banner: { js: makesRequire },
  // A command is asked for its grammar, and not run.
  plugins: [replaced('src/tui/top/main.ts', 'export const top = null;')],
});
const facts = await import(pathToFileURL(resolve(factsFile)).href);

const eventChecks = facts.eventChecks();
const machines = Object.entries(facts.machines()).map(([module, contents]) => replaced(module, contents));
const built = await Promise.all(
  Object.entries({
    ...bundles,
    ...Object.fromEntries(Object.entries(late).map(([m, { file }]) => [m, file])),
  }).map(([entry, file]) => bundle(entry, file)),
);
// Last: it names the build that it belongs to, by what the other bundles hold.
const sum = createHash('sha256');
for (const { outputs } of built.map(({ metafile }) => metafile))
  for (const file of Object.keys(outputs)) sum.update(readFileSync(file));
const id = sum.digest('hex').slice(0, 16);
built.push(await bundle(LOADER, 'bundle.js', [replaced(BUILD_ID, `export const buildId = '${id}';`)]));

function bundle(entry, file, plugins = []) {
  return build({
    ...common,
    entryPoints: [entry],
    outfile: `${draft}/${file}`,
    minify: true,
    // Node's own import() would read a CommonJS file twice, to find its exports.
    supported: { 'dynamic-import': entry === LOADER },
    ...(isModule(file)
      ? {
          format: 'esm',
          banner: { js: makesRequire },
          define: { 'process.env.NODE_ENV': '"production"' },
        }
      : { format: 'cjs', define: { 'import.meta.dirname': '__dirname' } }),
    plugins: [
      ...plugins,
      separately(entry),
      lateModules(entry),
      replaced('src/events/catalogue/checks.ts', eventChecks),
      ...machines,
      replaced('src/workspace/redaction/detectors/formats/all.ts', facts.tokenFormats()),
      // The MCP SDK loads Ajv to check the forms that a server lets its host's user fill in; ours has none.
      replaced(
        'node_modules/@modelcontextprotocol/sdk/dist/esm/validation/ajv-provider.js',
        'export class AjvJsonSchemaValidator {}',
      ),
      eachAgent,
      unusedSchemas,
      lateBuiltins,
      nativePart,
      withoutDevtools,
    ],
  });
}

for (const [file, functions] of Object.entries(functionsOfModules)) {
  const each = functions.map(
    (name) => `exports.${name} = async (...given) => (await ${importing(file)}).${name}(...given);\n`,
  );
  writeFileSync(`${draft}/${loaderOf(file)}`, each.join(''));
}

mkdirSync(`${draft}/screens`);
for (const name of readdirSync('src/agents')) {
  const rules = `src/agents/${name}/screens.yaml`;
  if (existsSync(rules)) writeFileSync(`${draft}/screens/${name}.json`, facts.screenRules(rules, name));
}
const general = 'src/terminal/detection/rules/general.yaml';
writeFileSync(`${draft}/screens/general.json`, facts.screenRules(general, 'general'));
// What the card is drawn with: two files of a package that has three hundred, and the renderer.
const [fonts, renderer] = ['@fontsource/fira-sans', '@resvg/resvg-wasm'].map(
  (name) => `node_modules/${name}`,
);
for (const weight of [400, 500]) {
  const name = `fira-sans-latin-${weight}-normal.woff2`;
  cpSync(`${fonts}/files/${name}`, `${draft}/fonts/${name}`);
}
cpSync(`${renderer}/index_bg.wasm`, `${draft}/resvg.wasm`);

const page = await buildReplayPage(`${draft}/replay-page.json`, eventChecks);

const inputs = built.flatMap(({ metafile }) => Object.values(metafile.outputs));
for (const { entryPoint, inputs: files } of inputs) {
  const heavy = (kept[bundles[entryPoint]] ?? []).filter((name) =>
    Object.entries(files).some(
      ([file, { bytesInOutput }]) =>
        bytesInOutput > 0 && file.startsWith(name.startsWith('src/') ? name : `node_modules/${name}`),
    ),
  );
  if (heavy.length > 0) throw new Error(`${entryPoint} must not load ${heavy.join(', ')}`);
}

/** The packages that lie in the bundle: their licences ask to come along. */
const bundled = new Set(
  [...built.map(({ metafile }) => metafile), ...page]
    .flatMap(({ inputs }) => Object.keys(inputs))
    .flatMap((file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []),
);
writeFileSync(
  `${draft}/licenses.txt`,
  [...bundled.add(fonts)]
    .sort()
    .map(licenceOf)
    .join(`\n${'-'.repeat(80)}\n\n`),
);

// Help and completion read all of it, the fast parser only what its command takes.
const grammar = await facts.grammar();
mkdirSync(`${draft}/grammar`);
for (const each of grammar) writeFileSync(`${draft}/grammar/${each.path}.json`, JSON.stringify(each));
writeFileSync(`${draft}/grammar.json`, JSON.stringify(grammar));
rmSync(factsFile);

rmSync('dist', { recursive: true, force: true });
renameSync(draft, 'dist');

/** Name, version and licence text of an installed package. */
function licenceOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const terms = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
  return [
    `${name} ${version} (${license})\n`,
    ...terms.map((file) => readFileSync(`${folder}/${file}`, 'utf8')),
  ].join('\n');
}
