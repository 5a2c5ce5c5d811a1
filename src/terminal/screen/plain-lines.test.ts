import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PlainLines } from './plain-lines.ts';

describe('plain lines', () => {
  const lines = new PlainLines('\nfive5\n\n123456789 12', { count: 4, rows: 1 + 1 + 1 + 3, cols: 5 });

  it('are taken apart with the rows of each', () =>
    assert.deepEqual(lines.lines(), [
      { text: '', rows: 1 },
      { text: 'five5', rows: 1 },
      { text: '', rows: 1 },
      { text: '123456789 12', rows: 3 },
    ]));

  it('are cut anywhere, and no row is lost', () => {
    for (let count = 0; count <= lines.count; count++) {
      const { first, last } = lines.cut(count);
      assert.deepEqual([...(first?.lines() ?? []), ...last], lines.lines());
      assert.equal(last.length, count);
      assert.equal(first?.count ?? 0, lines.count - count);
      const rows = first?.lines().reduce((sum, line) => sum + line.rows, 0);
      assert.equal(first?.rows, rows);
    }
  });
});
