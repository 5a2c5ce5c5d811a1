import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MemoryReturn } from './memory-return.ts';

const MIB = 1024 * 1024;

/** A process of which each second is given as its memory in MiB and its share of a core; which seconds collected. */
function collections(seconds: readonly { mib: number; share?: number; mibAfter?: number }[]): number[] {
  const collected: number[] = [];
  let processorMs = 0;
  let mib = 0;
  let after: number | undefined;
  const memory = new MemoryReturn({
    residentBytes: () => mib * MIB,
    processorMs: () => processorMs,
    collect: () => {
      collected.push(second);
      mib = after ?? mib;
    },
  });
  let second = 0;
  for (const each of seconds) {
    second++;
    ({ mib } = each);
    after = each.mibAfter;
    processorMs += (each.share ?? 0) * 1000;
    memory.check(second * 1000);
  }
  return collected;
}

const times = <T>(count: number, what: T): T[] => Array.from({ length: count }, () => what);

describe('the memory of a watcher', () => {
  it('is given back once it is at rest after a flood, once', () => {
    const flood = times(20, { mib: 180, share: 0.9 });
    const rest = times(60, { mib: 110, mibAfter: 110 });
    const found = collections([
      ...times(10, { mib: 95 }),
      ...flood,
      { mib: 180 },
      ...times(9, { mib: 180, mibAfter: 110 }),
      ...rest,
    ]);
    assert.equal(found.length, 1);
    assert.ok((found[0] ?? 0) > 30 && (found[0] ?? 0) <= 41, `${found}`);
  });

  it('is not collected while it works', () => {
    assert.deepEqual(collections([...times(10, { mib: 95 }), ...times(30, { mib: 180, share: 0.5 })]), []);
  });

  it('is not collected again where a collection gave nothing back', () => {
    const found = collections([...times(10, { mib: 95 }), ...times(60, { mib: 150, mibAfter: 150 })]);
    assert.equal(found.length, 1);
  });

  it('is not collected for a little', () => {
    assert.deepEqual(collections([...times(10, { mib: 95 }), ...times(30, { mib: 110 })]), []);
  });
});

describe('a collection', () => {
  it('can be asked for', async () => {
    let garbage: object | null = { what: 'held by nothing' };
    const held = new WeakRef(garbage);
    garbage = null;
    // What a job has looked at stays until it ends.
    await new Promise((resolve) => setImmediate(resolve));
    let now = 0;
    let resident = 0;
    const memory = new MemoryReturn();
    const { rss } = process.memoryUsage;
    try {
      process.memoryUsage.rss = () => resident;
      memory.check(now);
      now += 1e9;
      resident = 1e12;
      memory.check(now);
    } finally {
      process.memoryUsage.rss = rss;
    }
    assert.equal(held.deref(), undefined);
  });
});
