// Bundles the command line. dist/main.js has the dispatch on the first words and the fast queries, as CommonJS, which
// Node starts 10 ms faster than an ES module; the rest is split into ES modules that are loaded when needed.
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
import { build } from 'esbuild';

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  minifySyntax: true,
  external: ['better-sqlite3'],
  // Its other build calls require() in a way that no bundler follows.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  logLevel: 'warning',
  metafile: true,
};

// Built in another folder and moved into place at once: a command that starts meanwhile finds a complete build.
const draft = `dist-${process.pid}`;
mkdirSync(draft);
writeFileSync(`${draft}/package.json`, '{ "type": "commonjs" }\n');

const quick = await build({
  ...common,
  entryPoints: ['src/cli/main.ts'],
  outfile: `${draft}/main.js`,
  format: 'cjs',
  define: { 'import.meta.dirname': '__dirname' },
  plugins: [
    {
      name: 'the-rest-is-esm',
      setup: ({ onResolve }) => {
        // Contains every agent's models: too much for a file that every command reads.
        onResolve({ filter: /\/complete\.ts$/ }, () => ({ path: './complete.mjs', external: true }));
        onResolve({ filter: /\/agentpool\.ts$/ }, () => ({ path: './agentpool.mjs', external: true }));
        onResolve({ filter: /\/parse\.ts$/ }, () => ({ path: './parse.mjs', external: true }));
        onResolve({ filter: /\/registry\.ts$/ }, () => ({ path: './registry.mjs', external: true }));
        onResolve({ filter: /\/price\.ts$/ }, () => ({ path: './price.mjs', external: true }));
        onResolve({ filter: /\/fast\/mcp\.ts$/ }, () => ({ path: './mcp.mjs', external: true }));
      },
    },
  ],
});
const rest = await build({
  ...common,
  entryPoints: {
    agentpool: 'src/cli/agentpool.ts',
    mcp: 'src/cli/fast/mcp.ts',
    parse: 'src/config/parse.ts',
    price: 'src/usage/tokens/price.ts',
    registry: 'src/agents/registry.ts',
    grammar: 'src/cli/grammar/every.ts',
    complete: 'src/cli/fast/complete.ts',
  },
  outdir: draft,
  format: 'esm',
  splitting: true,
  outExtension: { '.js': '.mjs' },
  plugins: [
    {
      // The MCP SDK loads Ajv to check forms that a server lets its host's user fill in; this server has none.
      name: 'no-ajv',
      setup: ({ onLoad }) => {
        onLoad({ filter: /\/validation\/ajv-provider\.js$/ }, () => ({
          contents: 'export class AjvJsonSchemaValidator {}',
        }));
      },
    },
  ],
  chunkNames: '[name]-[hash]',
  // Some bundled CommonJS packages call require().
  banner: {
    js: "import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);",
  },
});
for (const name of readdirSync('src/agents')) {
  const rules = `src/agents/${name}/screens.yaml`;
  if (existsSync(rules)) cpSync(rules, `${draft}/screens/${name}.yaml`);
}
cpSync('src/terminal/detection/general.yaml', `${draft}/screens/general.yaml`);
// The files for drawing the card: two of a package with three hundred, and the renderer.
const [fonts, renderer] = ['@fontsource/fira-sans', '@resvg/resvg-wasm'].map(
  (name) => `node_modules/${name}`,
);
for (const weight of [400, 500]) {
  const name = `fira-sans-latin-${weight}-normal.woff2`;
  cpSync(`${fonts}/files/${name}`, `${draft}/fonts/${name}`);
}
cpSync(`${renderer}/index_bg.wasm`, `${draft}/resvg.wasm`);

/** The packages in the bundle: their licences require a copy. */
const bundled = new Set(
  [quick, rest]
    .flatMap(({ metafile }) => Object.keys(metafile.inputs))
    .flatMap((file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []),
);
writeFileSync(
  `${draft}/licenses.txt`,
  [...bundled.add(fonts)]
    .sort()
    .map(licenceOf)
    .join(`\n${'-'.repeat(80)}\n\n`),
);

// The grammar of all commands, computed once: help and completion read it from this file.
const { everyGrammar } = await import(resolve(draft, 'grammar.mjs'));
writeFileSync(`${draft}/grammar.json`, JSON.stringify(await everyGrammar()));

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
