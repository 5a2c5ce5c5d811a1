// The layers of docs/architecture.md: imports go down only. Each folder may import the named ones, and what those may
// import.
module.exports.layers = {
  lib: [],
  events: ['lib'],
  config: ['lib'],
  machines: ['events'],
  projections: ['machines'],
  terminal: ['projections', 'config'],
  'mock-model': ['lib'],
  workspace: ['projections', 'config'],
  agents: ['terminal', 'workspace'],
  usage: ['agents', 'fleet'],
  fleet: ['workspace'],
  'workers/core': ['usage'],
  'workers/sight': ['workers/core'],
  'workers/queries': ['workers/sight'],
  'workers/notify': ['workers/queries'],
  'workers/doctor': ['workers/queries'],
  'workers/commands': ['workers/notify'],
  'workers/queue': ['workers/commands'],
  'workers/watch': ['workers/queue', 'workers/doctor'],
  'workers/batch': ['workers/watch'],
  'workers/rehearsal': ['workers/watch', 'mock-model'],
  hosts: ['workers/watch'],
  report: ['workers/batch'],
  web: ['report'],
  mcp: ['hosts', 'report'],
  tui: ['hosts', 'report'],
  cli: ['mcp', 'tui', 'web', 'workers/rehearsal'],
};

/** Everything below a layer, itself included. */
const reach = (layer) => [layer, ...module.exports.layers[layer].flatMap(reach)];

module.exports.reach = reach;
