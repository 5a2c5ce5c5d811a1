// The floors of the house (docs/architecture.md): imports go down only.
const ground = ['projections', 'machines', 'events', 'config'];
const rooms = ['terminal', 'workspace', ...ground];
const floor = {
  events: [],
  config: ['events'],
  machines: ['events'],
  projections: ['machines', 'events'],
  terminal: ground,
  workspace: ground,
  providers: rooms,
  usage: ['providers', ...rooms],
  workers: ['usage', 'providers', ...rooms],
  hosts: ['workers', 'usage', 'providers', ...rooms],
  mcp: ['hosts', 'workers', 'usage', 'providers', ...rooms],
  cli: ['mcp', 'hosts', 'workers', 'usage', 'providers', ...rooms],
};

// Tests, and what only they use.
const tests = '\\.test\\.ts$|/testing/';

module.exports = {
  forbidden: [
    ...Object.entries(floor).map(([room, below]) => ({
      name: `${room}-imports-down-only`,
      severity: 'error',
      from: { path: `^src/${room}/`, pathNot: tests },
      to: { path: '^src/', pathNot: `^src/(${[room, ...below].join('|')})/` },
    })),
    { name: 'no-cycles', severity: 'error', from: { path: '^src/' }, to: { circular: true } },
    {
      name: 'no-tests-from-code',
      severity: 'error',
      from: { path: '^src/', pathNot: tests },
      to: { path: tests },
    },
    {
      name: 'no-undeclared-packages-in-code',
      severity: 'error',
      from: { path: '^src/', pathNot: tests },
      to: { dependencyTypes: ['npm-no-pkg'] },
    },
    {
      // What the bundle takes in is a development package like these, but these are for us alone.
      name: 'no-tools-in-code',
      severity: 'error',
      from: { path: '^src/', pathNot: tests },
      to: {
        path: 'node_modules/(@biomejs|@swc|dependency-cruiser|esbuild|fast-check|github-slugger|marked|tsx|typescript)/',
      },
    },
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    enhancedResolveOptions: { extensions: ['.ts', '.mjs', '.js', '.json'] },
    tsPreCompilationDeps: true,
  },
};
