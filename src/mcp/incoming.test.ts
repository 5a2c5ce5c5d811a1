import assert from 'node:assert/strict';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { until } from '../lib/testing/until.ts';
import { Home } from '../workers/testing/home.ts';
import { readMessage } from './incoming.ts';
import { HttpServer } from './testing/http-server.ts';

const call = (params: unknown) => ({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
const read = (message: unknown) => {
  const found = readMessage(message);
  return 'message' in found ? found.message : found.refusal.error.message;
};

describe('a message of a client', () => {
  const proper = call({ name: 'get_inventory', arguments: { detail: 'full' } });

  it('that is as the protocol writes it passes unchanged', () => {
    const json = fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true });
    fc.assert(
      fc.property(json, fc.oneof(fc.nat(), fc.string()), (args, id) => {
        const message = { jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'x', arguments: args } };
        assert.deepEqual(read(message), message);
      }),
    );
    for (const message of [{ jsonrpc: '2.0', id: 1, result: null }, 5, null, [], { method: 5 }])
      assert.deepEqual(read(message), message);
  });

  it('is read the same with null for what is left out, [] for an empty object, and JSON text for arguments', () => {
    assert.deepEqual(
      read(call({ name: 'get_inventory', arguments: '{"detail":"full"}', _meta: null, task: null })),
      proper,
    );
    assert.deepEqual(read({ ...proper, params: JSON.stringify(proper.params), extra: 1 }), proper);
    for (const args of [null, undefined, [], '', '  ', '[]', 'null'])
      assert.deepEqual(
        read(call({ name: 'get_inventory', arguments: args })),
        call({ name: 'get_inventory' }),
      );
    const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
    for (const params of [null, [], '', undefined]) assert.deepEqual(read({ ...list, params }), list);
    assert.deepEqual(read({ ...list, params: { cursor: null, _meta: { progressToken: null } } }), {
      ...list,
      params: { _meta: {} },
    });
    assert.deepEqual(
      read({
        ...list,
        method: 'initialize',
        params: { capabilities: null, clientInfo: { name: 'x', title: null } },
      }),
      { ...list, method: 'initialize', params: { capabilities: {}, clientInfo: { name: 'x' } } },
    );
    assert.deepEqual(
      read({ ...list, method: 'prompts/get', params: { name: 'p', arguments: { task: 5, other: null } } }),
      { ...list, method: 'prompts/get', params: { name: 'p', arguments: { task: '5' } } },
    );
  });

  it('keeps a null in an object of the caller', () => {
    const message = call({ name: 'spawn_worker', arguments: { metadata: { parent: null } } });
    assert.deepEqual(read(message), message);
  });

  it('that nothing can be made of is answered with the field that is wrong', () => {
    for (const params of [5, [1], 'x', true])
      assert.match(
        String(read({ jsonrpc: '2.0', id: 1, method: 'tools/list', params })),
        /^params of tools\/list/,
      );
    for (const name of [undefined, null, 5, '', {}])
      assert.match(String(read(call({ name }))), /^name of tools\/call takes the name of a tool/);
    for (const args of [5, ['x'], 'x', '"x"', '5', true])
      assert.match(
        String(read(call({ name: 'x', arguments: args }))),
        /^arguments of tools\/call takes an object/,
      );
    assert.match(String(read({ ...proper, jsonrpc: '1.0' })), /^jsonrpc takes "2.0"/);
  });
});

describe('a server whose client writes messages in its own way', () => {
  const home = new Home();
  const odd = [
    { jsonrpc: '2.0', id: 'a', method: 'tools/list', params: null },
    {
      jsonrpc: '2.0',
      id: 'b',
      method: 'tools/call',
      params: { name: 'get_usage_summary', arguments: null, _meta: null },
    },
    {
      jsonrpc: '2.0',
      id: 'c',
      method: 'tools/call',
      params: { name: 'list_sessions', arguments: '{"limit":"5"}' },
    },
    { jsonrpc: '2.0', id: 'd', method: 'tools/call', params: { name: 'list_sessions', arguments: [] } },
  ];
  const refused = {
    jsonrpc: '2.0',
    id: 'e',
    method: 'tools/call',
    params: { name: 'list_sessions', arguments: 5 },
  };

  it('answers each of them over stdio', async () => {
    const child = home.start(['mcp', '--toolsets', 'all']);
    const answers = new Map<unknown, { result?: { isError?: boolean }; error?: { message: string } }>();
    assert.ok(child.stdout && child.stdin);
    createInterface(child.stdout).on('line', (line) => answers.set(JSON.parse(line).id, JSON.parse(line)));
    const params = {
      protocolVersion: '2025-11-25',
      capabilities: null,
      clientInfo: { name: 'x', version: '1', title: null },
    };
    const begin = { jsonrpc: '2.0', id: 'i', method: 'initialize', params };
    for (const message of [
      begin,
      { jsonrpc: '2.0', method: 'notifications/initialized', params: null },
      ...odd,
      refused,
    ])
      child.stdin.write(`${JSON.stringify(message)}\n`);
    await until('all answers', () => answers.size === odd.length + 2);
    for (const { id } of [begin, ...odd])
      assert.ok(answers.get(id)?.result && !answers.get(id)?.result?.isError, `${id}`);
    assert.match(answers.get('e')?.error?.message ?? '', /^arguments of tools\/call takes an object/);
    child.stdin.end();
  });

  it('answers each of them over HTTP', async () => {
    const server = await HttpServer.start(home, ['--toolsets', 'all']);
    const { transport, client } = await server.connect();
    const headers = { 'mcp-session-id': transport.sessionId ?? '' };
    for (const message of [...odd, refused]) {
      const { text } = await server.ask({ headers, body: JSON.stringify(message) });
      if (message.id === 'e') assert.match(text, /"id":"e".*arguments of tools/);
      else assert.match(text, /"result"/, message.id);
    }
    await client.close();
  });
});
