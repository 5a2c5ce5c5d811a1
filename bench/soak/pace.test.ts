import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { carryOut, type PaceOptions, type Step } from './pace.ts';

/** A step that ends when it is released. */
class Held implements Step {
  readonly at = 0;
  readonly what = 'held';
  release = () => {};
  isUnderWay = false;

  run = async () => {
    this.isUnderWay = true;
    await new Promise<void>((release) => {
      this.release = release;
    });
    this.isUnderWay = false;
  };
}

const options = (more: Partial<PaceOptions> = {}): PaceOptions => ({
  signal: new AbortController().signal,
  seconds: 60,
  mostAtOnce: 2,
  onError: (what, error) => assert.fail(`${what}: ${error}`),
  ...more,
});
const released = (...held: Held[]) => {
  for (const { release } of held) release();
};
const steps = () => [new Held(), new Held(), new Held()] as const;

describe('the steps of a soak', () => {
  it('wait where too many are under way', async () => {
    const [one, two, three] = steps();
    const begins: string[] = [];
    const time = {
      now: () => 0,
      pause: async (seconds: number) => {
        // The end of the run is far away: the first step is done before.
        if (seconds > 0) {
          begins.push('waits');
          setImmediate(one.release);
          return new Promise<boolean>(() => {});
        }
        return true;
      },
    };
    const onBegin = () => {
      begins.push('begins');
      if (begins.length === 4) setImmediate(released, two, three);
    };
    const kept = await carryOut([one, two, three], options({ time, onBegin }));
    assert.deepEqual(begins, ['begins', 'begins', 'waits', 'begins']);
    assert.deepEqual(kept, { planned: 3, begun: 3 });
  });

  it('are left out where too many are under way until the end, and those that have begun are seen to their end', async () => {
    const [one, two, three] = steps();
    let now = 0;
    const time = {
      now: () => now,
      pause: async (seconds: number) => {
        now += Math.max(0, seconds);
        if (seconds > 0) setImmediate(released, one, two);
        return true;
      },
    };
    const kept = await carryOut([one, two, three], options({ time }));
    assert.deepEqual(kept, { planned: 3, begun: 2 });
    assert.ok(![one, two, three].some(({ isUnderWay }) => isUnderWay));
  });

  it('that fail are reported by name, and the others go on', async () => {
    const failures: string[] = [];
    const fails: Step = { at: 0, what: 'parks', run: () => Promise.reject(new Error('no')) };
    const goes: Step = { at: 0, what: 'exits', run: async () => {} };
    const kept = await carryOut([fails, goes], options({ onError: (what) => failures.push(what) }));
    assert.deepEqual([failures, kept.begun], [['parks at 0 s'], 2]);
  });

  it('begin no more once the run is aborted, and are not waited for', async () => {
    const abort = new AbortController();
    const [one, two] = steps();
    const carried = carryOut([one, two], options({ signal: abort.signal, onBegin: () => abort.abort() }));
    assert.deepEqual(await carried, { planned: 2, begun: 1 });
    one.release();
  });
});
