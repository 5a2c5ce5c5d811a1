import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AgentPoolError } from '../lib/errors.ts';
import { type SelectionOptions, selectTools } from './selection.ts';
import { allTools } from './toolsets/index.ts';

const names = (request: SelectionOptions, env: Record<string, string> = {}) =>
  selectTools(allTools, request, env).tools.map(({ name }) => name);

const codeOf = (request: SelectionOptions, env: Record<string, string> = {}) => {
  try {
    return names(request, env);
  } catch (error) {
    assert.ok(error instanceof AgentPoolError);
    return [error.code, error.message] as const;
  }
};

describe('the tools that a server offers', () => {
  it('are those of the default toolset without options', () =>
    assert.deepEqual(
      names({}),
      allTools.default.map(({ name }) => name),
    ));

  it('are those of the named toolsets, by flag or by environment', () => {
    const expected = allTools.leases.map(({ name }) => name);
    assert.deepEqual(names({ toolsets: 'leases' }), expected);
    assert.deepEqual(names({}, { AGENTPOOL_MCP_TOOLSETS: 'leases' }), expected);
    assert.deepEqual(names({ toolsets: 'leases' }, { AGENTPOOL_MCP_TOOLSETS: 'stats' }), expected);
  });

  it('are single tools alone, or in addition to toolsets', () => {
    assert.deepEqual(names({ tools: 'list_sessions' }), ['list_sessions']);
    assert.deepEqual(names({ tools: 'list_sessions', toolsets: 'worktrees' }), [
      ...allTools.worktrees.map(({ name }) => name),
      'list_sessions',
    ]);
  });

  it('are all of them with all', () =>
    assert.equal(names({ toolsets: 'all' }).length, new Set(Object.values(allTools).flat()).size));

  it('are an error with an unknown name, and the known ones are listed', () => {
    const [code, message] = codeOf({ toolsets: 'session' });
    assert.equal(code, 'UNKNOWN_TOOLSET');
    assert.match(message ?? '', /Did you mean sessions\? There are: default, usage, stats/);
    assert.equal(codeOf({ tools: 'observe' })[0], 'UNKNOWN_TOOL');
    assert.equal(codeOf({}, { AGENTPOOL_MCP_TOOLS: 'spawn' })[0], 'UNKNOWN_TOOL');
  });

  it('exclude the one that only returns worker text when the server is in lockdown', () => {
    assert.ok(!names({ lockdown: true }).includes('read_worker_transcript'));
    assert.ok(!names({}, { AGENTPOOL_MCP_LOCKDOWN: '1' }).includes('read_worker_transcript'));
    assert.equal(codeOf({ lockdown: true, tools: 'read_worker_transcript' })[0], 'LOCKDOWN');
  });

  it('are an error when the lockdown is misspelt', () =>
    assert.equal(codeOf({}, { AGENTPOOL_MCP_LOCKDOWN: 'ture' })[0], 'INVALID_LOCKDOWN'));
});
