// Bundles the command line: dist/main.js decides on the first words and holds the quick queries, as CommonJS, since
// Node starts that 10 ms sooner than an ES module; everything else is split ES modules, loaded when needed.
import { cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { build } from 'esbuild';

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  minifySyntax: true,
  external: ['better-sqlite3'],
  logLevel: 'warning',
};

// Built aside and put in place at once: a command that starts meanwhile finds the whole of the old or the new one.
const draft = `dist-${process.pid}`;
mkdirSync(draft);
writeFileSync(`${draft}/package.json`, '{ "type": "commonjs" }\n');

await build({
  ...common,
  entryPoints: ['src/cli/main.ts'],
  outfile: `${draft}/main.js`,
  format: 'cjs',
  define: { 'import.meta.dirname': '__dirname' },
  plugins: [
    {
      name: 'the-rest-is-esm',
      setup: ({ onResolve }) => {
        // It knows every agent's models: too much for a file that every command reads.
        onResolve({ filter: /\/complete\.ts$/ }, () => ({ path: './complete.mjs', external: true }));
        onResolve({ filter: /\/agentpool\.ts$/ }, () => ({ path: './agentpool.mjs', external: true }));
        onResolve({ filter: /\/parse\.ts$/ }, () => ({ path: './parse.mjs', external: true }));
        onResolve({ filter: /\/price\.ts$/ }, () => ({ path: './price.mjs', external: true }));
        onResolve({ filter: /\/quick\/mcp\.ts$/ }, () => ({ path: './mcp.mjs', external: true }));
      },
    },
  ],
});
await build({
  ...common,
  entryPoints: {
    agentpool: 'src/cli/agentpool.ts',
    mcp: 'src/cli/quick/mcp.ts',
    parse: 'src/config/parse.ts',
    price: 'src/usage/tokens/price.ts',
    grammar: 'src/cli/grammar/every.ts',
    complete: 'src/cli/quick/complete.ts',
  },
  outdir: draft,
  format: 'esm',
  splitting: true,
  outExtension: { '.js': '.mjs' },
  plugins: [
    {
      // The MCP SDK loads Ajv to check the forms that a server lets its host's user fill in; ours has none.
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
cpSync('src/terminal/detection/rules', `${draft}/rules`, { recursive: true });
// Two files of a package that has three hundred, with its licence.
const fonts = 'node_modules/@fontsource/fira-sans';
for (const name of [
  'files/fira-sans-latin-400-normal.woff2',
  'files/fira-sans-latin-500-normal.woff2',
  'LICENSE',
])
  cpSync(`${fonts}/${name}`, `${draft}/fonts/${basename(name)}`);

// What every command takes is put together once, here: help and completion read it from this file.
const { everyGrammar } = await import(resolve(draft, 'grammar.mjs'));
writeFileSync(`${draft}/grammar.json`, JSON.stringify(await everyGrammar()));

rmSync('dist', { recursive: true, force: true });
renameSync(draft, 'dist');
