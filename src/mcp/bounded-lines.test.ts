import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Home } from '../workers/testing/home.ts';
import { BoundedLines } from './bounded-lines.ts';

const MOST = 300;

/** What passes and what is refused of a stream that arrives in these pieces. */
async function through(pieces: readonly Buffer[]): Promise<{ passed: string; refused: string[] }> {
  const refused: string[] = [];
  const lines = new BoundedLines(MOST, (answer) => refused.push(answer));
  const passed: Buffer[] = [];
  lines.on('data', (piece) => passed.push(piece));
  for (const piece of pieces) lines.write(piece);
  lines.end();
  await once(lines, 'end');
  return { passed: Buffer.concat(passed).toString(), refused };
}

const request = fc
  .record({
    id: fc.oneof(fc.nat(), fc.string({ unit: fc.constantFrom('a', '1', '"', '\\', '-'), maxLength: 8 })),
    size: fc.constantFrom(0, 10, 250, 600, 9000),
    idFirst: fc.boolean(),
  })
  .map(({ id, size, idFirst }) => {
    const params = { text: `"id":77 ${'x'.repeat(size)}` };
    const body = idFirst
      ? { jsonrpc: '2.0', id, method: 'ping', params }
      : { method: 'ping', params, jsonrpc: '2.0', id };
    return { id, line: `${JSON.stringify(body)}\n` };
  });

describe('the lines of a client', () => {
  it('pass whole, and each that is too large is answered with its id, however the stream is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(request, { maxLength: 6 }),
        fc.integer({ min: 1, max: 700 }),
        async (all, cut) => {
          const stream = Buffer.from(all.map(({ line }) => line).join(''));
          const pieces: Buffer[] = [];
          for (let at = 0; at < stream.length; at += cut) pieces.push(stream.subarray(at, at + cut));
          const { passed, refused } = await through(pieces);
          const small = all.filter(({ line }) => line.length <= MOST);
          const large = all.filter(({ line }) => line.length > MOST);
          assert.equal(passed, small.map(({ line }) => line).join(''));
          assert.deepEqual(
            refused.map((answer) => JSON.parse(answer).id),
            large.map(({ id }) => id),
          );
        },
      ),
    );
  });

  it('without an id are answered without one', async () => {
    const { refused } = await through([Buffer.alloc(5000, 'x'), Buffer.from('\n')]);
    assert.deepEqual(
      refused.map((answer) => JSON.parse(answer).id),
      [null],
    );
  });
});

describe('an MCP server over stdio', () => {
  const home = new Home();

  it('answers a line of 12 MiB with an error, and goes on', async () => {
    const server = home.start(['mcp']);
    let said = '';
    server.stdout?.setEncoding('utf8').on('data', (piece) => {
      said += piece;
    });
    const initialize = {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 'test', version: '1' },
    };
    const messages = [
      { method: 'initialize', params: initialize, jsonrpc: '2.0', id: 1 },
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      { method: 'tools/call', params: { task: 'x'.repeat(12 * 2 ** 20) }, jsonrpc: '2.0', id: 2 },
      { method: 'ping', jsonrpc: '2.0', id: 3 },
    ];
    server.stdin?.end(messages.map((message) => `${JSON.stringify(message)}\n`).join(''));
    await once(server, 'close');
    const answers = said
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const answer = (id: number) => answers.find((each) => each.id === id);
    assert.match(answer(2).error.message, /more than 4 MiB and was not read/);
    assert.deepEqual(answer(3).result, {});
  });
});
