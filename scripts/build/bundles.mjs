// How the package's JavaScript is bundled, and what stays out of a bundle until it is needed.
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

/** The agents. Each has a bundle, so that a worker loads only the code of its own agent. */
const agents = readdirSync('src/agents').filter(
  (id) => id !== 'contract' && existsSync(`src/agents/${id}/agent.ts`),
);

/** Loads the other bundles, and the module that names the build to it. */
export const LOADER = 'src/lib/process/bundle.ts';
export const BUILD_ID = 'src/lib/process/build-id.ts';

const steering = ['spawn', 'send', 'answer', 'observe', 'logs', 'collect', 'terminate'];

/** Bundles by their entry module. A bundle that imports the entry module of another one refers to that bundle. */
export const bundles = {
  // What starts: it loads the other bundles with their compiled code.
  'src/cli/main.ts': 'main.js',
  // The first words of a command line.
  'src/cli/fast/run.ts': 'fast.js',
  // The commands that only read tables.
  'src/cli/fast/tables.ts': 'tables.js',
  // Commands that control workers, without clipanion, schemas and the terminal emulator.
  ...Object.fromEntries(steering.map((name) => [`src/cli/fast/steering/${name}.ts`, `${name}.js`])),
  ...Object.fromEntries(agents.map((id) => [`src/agents/${id}/agent.ts`, `agent-${id}.js`])),
  // Every command, including the watcher.
  'src/cli/agentpool.ts': 'agentpool.js',
  'src/cli/fast/mcp.ts': 'mcp.js',
  // Completion knows the models of every agent.
  'src/cli/fast/complete.ts': 'complete.js',
  // What a worker asks, for a person at a terminal.
  'src/cli/workers/terminal/words-in-view.ts': 'words-in-view.js',
  // Puts a request into the queue.
  'src/workers/queue/request.ts': 'queue.js',
  // Reads the pane of a worker for a command that waits for it while the watcher is switched off.
  'src/workers/watch/in-process/watch-alone.ts': 'watch-alone.js',
  // Leads installed agents through their screens, with a mock of their model.
  'src/workers/rehearsal/check.ts': 'rehearsal.js',
  // Started by it as a process, to sweep what it has left behind.
  'src/workers/rehearsal/sweeper.ts': 'sweeper.js',
  // Checks the hash chain in a thread.
  'src/events/verification/scan-thread.ts': 'scan-thread.js',
  // Checks the hash chain and some histories of workers in a thread.
  'src/projections/replay/rest-thread.ts': 'rest-thread.js',
  // Reaches the database of a fleet, with the driver of PostgreSQL.
  'src/fleet/server/connection.ts': 'fleet-database.js',
  // Has another machine of the fleet steer its worker.
  'src/workers/commands/steering/elsewhere.ts': 'elsewhere.js',
  // The link to that database, in a thread of the watcher.
  'src/fleet/link/link-thread.ts': 'fleet-link.js',
  // Finishes the handovers of killed processes.
  'src/workers/commands/handoff/unfinished.ts': 'unfinished-handovers.js',
  // Parses a changed config with YAML and validates it against its schema.
  'src/config/file/parse.ts': 'parse.js',
  'src/usage/tokens/price.ts': 'price.js',
  // The dashboard. Ink waits for its layout engine at the top of a module, which only an ES module can.
  'src/tui/top/main.ts': 'top.mjs',
  // What changes rules for screens, with YAML.
  'src/agents/rules/updates.ts': 'rule-updates.js',
  'src/agents/rules/own-rules.ts': 'own-rules.js',
  // Packages that few commands need.
  'src/lib/process/execa.ts': 'execa.js',
  'src/lib/net/env-proxy.ts': 'env-proxy.js',
  'src/lib/files/unzstd.ts': 'unzstd.js',
  'node_modules/@xterm/headless/lib-headless/xterm-headless.js': 'xterm.js',
  'node_modules/@xterm/addon-unicode11/lib/addon-unicode11.js': 'xterm-unicode11.js',
};

/** Modules whose functions are loaded when one is first called: they explain why data is refused, or read other machines' logs. */
export const late = {
  'src/workers/core/sessions/workers-elsewhere.ts': {
    file: 'fleet-workers.js',
    functions: ['workersElsewhere'],
  },
  'src/workers/queries/fleet/usage-of-others.ts': { file: 'fleet-usage.js', functions: ['usageOfOthers'] },
  'src/events/catalogue/faults.ts': { file: 'event-faults.js', functions: ['faultsOf'] },
  'src/terminal/detection/rules/rule-file.ts': {
    file: 'rule-file.js',
    functions: ['readRuleFile', 'checkRuleFile', 'checkRules'],
  },
};

const startingFast = [
  'clipanion',
  'typanion',
  'typebox/',
  'yaml',
  '@xterm/',
  'xstate',
  '@modelcontextprotocol/',
  'execa/',
  'node_modules/pg',
];

/** What must stay out of these bundles, packages and folders: each accounts for a large part of a command's start time. */
export const kept = {
  'agentpool.js': ['ink/', 'react/', 'yoga-layout/', 'node_modules/pg'],
  'fast.js': startingFast,
  'tables.js': startingFast,
  ...Object.fromEntries(
    steering.map((name) => [
      `${name}.js`,
      [
        ...[
          'clipanion',
          'typanion',
          'typebox/build/type/',
          'yaml',
          '@xterm/',
          '@modelcontextprotocol/',
          'execa/',
          'src/fleet/',
        ],
        ...['src/workers/commands/brief/', 'src/workers/watch/parking/', 'src/workers/queue/'],
      ],
    ]),
  ),
};

/** The code that loads another bundle, or imports one that is an ES module. */
const loading = (file) => `require('./bundle.js').loadBundle(__dirname + '/${file}')`;
export const importing = (file) => `require('./bundle.js').importModule(__dirname + '/${file}')`;

/** Imports of a bundle's first module become references to that bundle. */
export const separately = (entry) => ({
  name: 'separate-bundles',
  setup: ({ onLoad, onResolve }) => {
    const files = new Map(Object.entries(bundles).map(([module, file]) => [resolve(module), file]));
    // The sources name a module by its file, so that it is found without asking esbuild again, which takes a second for
    // each bundle.
    onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ path, resolveDir }) => other(resolve(resolveDir, path)));
    onResolve({ filter: /^@xterm\// }, ({ path }) => other(createRequire(resolve(entry)).resolve(path)));
    const other = (module) => {
      if (module === resolve(entry)) return undefined;
      if (module === resolve(LOADER)) return { path: './bundle.js', external: true };
      const file = files.get(module);
      return file && { path: loaderOf(file), namespace: 'bundle' };
    };
    onResolve({ filter: /./, namespace: 'bundle' }, ({ path }) => ({ path, external: true }));
    onLoad({ filter: /./, namespace: 'bundle' }, ({ path: file }) => ({
      contents: `module.exports = ${loading(file)};`,
    }));
  },
});

/** Whether a bundle is an ES module. */
export const isModule = (file) => file?.endsWith('.mjs') === true;

/** What requires a bundle: an ES module has a file beside it that imports it when a function is called. */
export const loaderOf = (file) => (isModule(file) ? file.replace(/\.mjs$/, '.js') : file);

/** The functions of the bundles that are ES modules. */
export const functionsOfModules = { 'top.mjs': ['top'] };

/** Ink loads it if DEV is set; it needs a package that is not there. */
export const withoutDevtools = {
  name: 'without-devtools',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/ink\/build\/devtools\.js$/ }, () => ({ contents: 'export {};' }));
  },
};

/** Drops unused schemas from a bundle, and TypeBox with them: building a schema has no side effects. */
export const unusedSchemas = {
  name: 'unused-schemas',
  setup: ({ onLoad, onResolve, resolve: find }) => {
    onResolve({ filter: /^typebox/ }, async ({ path, pluginData, ...from }) => {
      if (pluginData === 'found') return undefined;
      return { ...(await find(path, { ...from, pluginData: 'found' })), sideEffects: false };
    });
    const builders = /(?<![.\w])(Type\.[A-Z]\w+|nullable|oneOf|list|keyed|noted|define|formOf)(?=[(<])/g;
    onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      return text.includes('typebox') || text.includes('lib/shapes.ts')
        ? { contents: text.replaceAll(builders, '/* @__PURE__ */ $&'), loader: 'ts' }
        : undefined;
    });
  },
};

/** The sources import an agent by its id. Replaces that by one import per agent, so that each can be a bundle. */
export const eachAgent = {
  name: 'each-agent',
  setup: ({ onLoad }) => {
    onLoad({ filter: exactly('src/agents/registry.ts') }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const byId = /import\(`\.\/\$\{id\}\/agent\.ts`\)/;
      if (!byId.test(text)) throw new Error(`${path} has no ${byId}`);
      const imports = agents.map((id) => `${JSON.stringify(id)}: () => import('./${id}/agent.ts')`);
      return { contents: text.replace(byId, `({ ${imports.join(', ')} })[id]()`), loader: 'ts' };
    });
    // Not every agent has this file: it lists the variables that an agent sets for its own processes.
    onLoad({ filter: exactly('src/agents/callers-own.ts') }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const byId = /import\(`\.\/\$\{id\}\/environment\.ts`\)/;
      if (!byId.test(text)) throw new Error(`${path} has no ${byId}`);
      const imports = agents
        .filter((id) => existsSync(`src/agents/${id}/environment.ts`))
        .map((id) => `${JSON.stringify(id)}: () => import('./${id}/environment.ts')`);
      const loaded = `(({ ${imports.join(', ')} })[id] ?? (async () => null))()`;
      return { contents: text.replace(byId, loaded), loader: 'ts' };
    });
  },
};

/** Replaces the functions of late modules by calls into their own bundle. */
export const lateModules = (entry) => ({
  name: 'late-modules',
  setup: ({ onLoad, onResolve }) => {
    for (const [module, { file, functions }] of Object.entries(late)) {
      if (module === entry) continue;
      onLoad({ filter: exactly(module) }, () => ({
        contents: functions
          .map((name) => `export const ${name} = (...given) => ${loading(file)}.${name}(...given);`)
          .join('\n'),
      }));
    }
    onResolve({ filter: /^\.\/bundle\.js$/ }, ({ path }) => ({ path, external: true }));
  },
});

/** Node modules that take milliseconds to load and that few commands call: their functions load them on first call. */
const builtins = [
  ...['node:crypto', 'node:child_process', 'node:net', 'node:readline'],
  ...['node:fs/promises', 'node:stream/promises', 'node:stream/consumers'],
];

export const lateBuiltins = {
  name: 'late-builtins',
  setup: ({ onLoad, onResolve }) => {
    onResolve({ filter: /^node:/ }, ({ path, kind, importer }) =>
      // execa uses a class of child_process, not only functions; it is loaded late itself.
      kind === 'import-statement' && builtins.includes(path) && !importer.includes('/node_modules/execa/')
        ? { path, namespace: 'late-builtin', sideEffects: false }
        : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'late-builtin' }, async ({ path }) => {
      const functions = Object.entries(await import(path)).filter(
        ([name, value]) => typeof value === 'function' && /^[a-z]/.test(name),
      );
      const load = `require(${JSON.stringify(path)})`;
      const contents = functions.map(([name, value]) => {
        const call = `export const ${name} = (...given) => ${load}.${name}(...given);`;
        if (!(promisify.custom in value)) return call;
        const custom = "[Symbol.for('nodejs.util.promisify.custom')]";
        return `${call}\n${name}${custom} = (...given) => ${load}.${name}${custom}(...given);`;
      });
      return { contents: contents.join('\n') };
    });
  },
};

/**
 * The JavaScript of better-sqlite3 is bundled: Node takes longer to find and read its sixteen files than to run them.
 * Its binary stays where npm has put it. `bindings` is asked only if that is none of the usual places: it searches more,
 * and its error says where.
 */
export const nativePart = {
  name: 'native-part',
  setup: ({ onLoad, onResolve }) => {
    onResolve({ filter: /^bindings$/ }, ({ path }) => ({ path, namespace: 'native-part' }));
    onResolve({ filter: /./, namespace: 'native-part' }, ({ path }) => ({ path, external: true }));
    onLoad({ filter: /./, namespace: 'native-part' }, () => ({
      contents: `
        const { existsSync } = require('node:fs');
        const { dirname, join } = require('node:path');
        module.exports = (name) => {
          const manifest = require.resolve('better-sqlite3/package.json');
          const root = dirname(manifest);
          const usual = ['build', 'build/Debug', 'build/Release'].map((folder) => join(root, folder, name));
          const file = usual.find((each) => existsSync(each));
          if (file) return require(file);
          const packages = require('node:module').createRequire(manifest);
          return packages('bindings')({ bindings: name, module_root: root });
        };`,
    }));
  },
};

/** A module with replaced contents. */
export const replaced = (module, contents) => ({
  name: 'replaced-module',
  setup: ({ onLoad }) => {
    onLoad({ filter: exactly(module) }, () => ({ contents, resolveDir: process.cwd() }));
  },
});

const exactly = (module) => new RegExp(`^${escaped(resolve(module))}$`);

const escaped = (text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
