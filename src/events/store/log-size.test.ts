import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { temporaryFolder } from '../../lib/testing/processes.ts';
import { freshStore, notes, TEST } from '../testing/stores.ts';
import { logSize } from './log-size.ts';
import { rememberedSize, rememberSize } from './size-memory.ts';

const filled = (streams: readonly string[]) => {
  const store = freshStore();
  for (const stream of streams) store.append(stream, notes(stream), TEST);
  return store;
};

describe('the size of a log', () => {
  it('is the same whether it is counted at once or after what was counted before', () =>
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('worker/a', 'worker/b', 'leases/r', 'watcher')),
        fc.array(fc.constantFrom('worker/a', 'worker/c', 'leases/r', 'usage/x')),
        (before, after) => {
          const store = filled(before);
          const known = logSize(store);
          for (const stream of after) store.append(stream, notes('later'), TEST);
          assert.deepEqual(logSize(store, known), logSize(store));
          assert.equal(logSize(store).streams.total, new Set([...before, ...after]).size);
        },
      ),
      { numRuns: 25 },
    ));

  it('is remembered for this log alone', () => {
    const file = join(temporaryFolder(), 'run', 'log-size.json');
    const store = filled(['worker/a', 'leases/r']);
    assert.equal(rememberedSize(store, file), null);
    rememberSize(file, logSize(store));
    store.append('worker/a', notes('later'), TEST);
    assert.equal(rememberedSize(store, file)?.position, 2);
    assert.equal(rememberedSize(filled(['worker/a', 'leases/r']), file), null);
    assert.equal(rememberedSize(filled([]), file), null);
  });

  it('is counted again if what was kept cannot be read', () => {
    const file = join(temporaryFolder(), 'log-size.json');
    const store = filled(['worker/a']);
    const size = { version: 1, ...logSize(store) };
    for (const kept of ['', '[]', 'null', '{"version":1}', JSON.stringify({ ...size, types: [{}] })]) {
      writeFileSync(file, kept);
      assert.equal(rememberedSize(store, file), null);
    }
  });
});
