import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Sighting } from '../contract/tokens/use.ts';
import { claudeAnswers } from './token-answers.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 2, 4, 10) + seconds * 1000).toISOString();

/** A line with a message id that a gateway gave. */
function line(
  seconds: number,
  facts: Record<string, unknown> = {},
  changes: Partial<Sighting> = {},
): Sighting {
  const { input = 1000, output = 100, session = 's' } = changes;
  return {
    family: 'relay',
    key: JSON.stringify([seconds, facts, input, output, session]),
    rank: (facts.side === true ? 0 : 1e15) + input + output,
    at: at(seconds),
    model: 'glm-5',
    project: '/w',
    session,
    input,
    cache_read: 0,
    cache_write: 0,
    output,
    facts,
  };
}

const counted = (...lines: Sighting[]) => claudeAnswers(lines).map(({ input, output }) => [input, output]);

describe('lines with one message id that a gateway gave', () => {
  it('are all counted if they are of several answers', () => {
    const answers = [
      line(0, {}, { session: 'a', input: 7000 }),
      line(400_000, {}, { session: 'b', input: 9000 }),
      line(400_060, {}, { session: 'b', input: 9500 }),
      line(400_120, {}, { session: 'b', input: 9500 }),
    ];
    assert.equal(counted(...answers).length, 4);
    assert.equal(new Set(claudeAnswers(answers).map(({ key }) => key)).size, 4);
    assert.equal(counted(line(0, { request: 'r1' }), line(60, { request: 'r2' })).length, 2);
  });

  it('are one answer that was copied into another session', () => {
    assert.deepEqual(counted(line(0), line(0, {}, { session: 'resumed' })), [[1000, 100]]);
    const asked = { request: 'r' };
    assert.deepEqual(counted(line(0, asked), line(9999, asked, { session: 'resumed' })), [[1000, 100]]);
  });

  it('are one answer that was written block by block, with the figures of the last', () => {
    const blocks = [0, 3, 6].map((seconds) => line(seconds, {}, { output: 1 + seconds }));
    assert.deepEqual(counted(...blocks), [[1000, 7]]);
    const long = [0, 300, 600].map((seconds) => line(seconds, { run: 'first' }, { output: 1 + seconds }));
    assert.deepEqual(counted(...long), [[1000, 601]]);
    const late = [line(0, {}, { input: 0, output: 3 }), line(2, {}, { input: 1000, output: 50 })];
    assert.deepEqual(counted(...late), [[1000, 50]]);
  });

  it('are one answer that has two request ids', () => {
    assert.equal(counted(line(0, { request: 'r1' }), line(0, { request: 'r2' })).length, 1);
    const replayed = line(90, { request: 'r2', side: true, agent: 'a' }, { output: 500 });
    assert.deepEqual(counted(line(0, { request: 'r1' }), replayed), [[1000, 100]]);
  });

  it('of sub agents that work in parallel are apart, even at one time', () => {
    const [a, b] = [line(0, { side: true, agent: 'a' }), line(0, { side: true, agent: 'b' })];
    assert.equal(counted(a, b).length, 2);
    // The parent's own line says that both repeat it.
    assert.equal(counted(a, b, line(0)).length, 1);
  });

  it('are settled quickly, however many there are', () => {
    const many = Array.from({ length: 20_000 }, (_, n) => line(n * 60, {}, { input: 1000 + n }));
    assert.equal(counted(...many).length, 20_000);
  });
});
