const { readdirSync } = require('node:fs');
const { layers, reach } = require('./scripts/layers.cjs');

// Tests, and what only they use.
const tests = '\\.test\\.ts$|/testing/';

// Every other folder is an agent, or the fakes.
const agents = readdirSync('src/agents', { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !['contract', 'forks', 'rules', 'testing'].includes(entry.name))
  .map(({ name }) => name)
  .join('|');

const code = { path: '^src/', pathNot: tests };
const error = (name, from, to) => ({ name, severity: 'error', from, to });

module.exports = {
  forbidden: [
    ...Object.keys(layers).map((layer) =>
      error(
        `${layer}-imports-down-only`,
        { path: `^src/${layer}/`, pathNot: tests },
        { path: '^src/', pathNot: `^src/(${[...new Set(reach(layer))].join('|')})/` },
      ),
    ),
    error('no-cycles', { path: '^src/' }, { circular: true }),
    error(
      'no-agent-in-the-contract',
      { path: '^src/agents/contract/', pathNot: tests },
      { path: '^src/agents/', pathNot: '^src/agents/contract/' },
    ),
    error(
      'no-agent-imports-another',
      { path: `^src/agents/(${agents})/`, pathNot: tests },
      { path: '^src/agents/', pathNot: '^src/agents/($1|contract|forks)/' },
    ),
    error('no-tests-from-code', code, { path: tests }),
    error('no-undeclared-packages-in-code', code, { dependencyTypes: ['npm-no-pkg'] }),
    // What the bundle takes in is a development package like these, but these are for us alone.
    error('no-tools-in-code', code, {
      path: 'node_modules/(@biomejs|@swc|dependency-cruiser|esbuild|fast-check|github-slugger|js-tokens|marked|playwright-core|tsx|typescript)/',
    }),
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    enhancedResolveOptions: { extensions: ['.ts', '.mjs', '.js', '.json'] },
    tsPreCompilationDeps: true,
  },
};
