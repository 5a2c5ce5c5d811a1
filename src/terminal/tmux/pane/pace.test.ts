import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Pace, pauseAfter } from './pace.ts';

const PAUSES = { least: 16, most: 100, steady: 200 };
const TOOK_MS = 1;

/** A screen that is drawn every `everyMs` for `forMs`, and looked at whenever a look is due. */
function drawn({ everyMs, forMs, writes = 1 }: { everyMs: number; forMs: number; writes?: number }) {
  const pace = new Pace(PAUSES);
  const looks: number[] = [];
  let lastDrawn = 0;
  let isSeen = true;
  for (let now = 1000; now < 1000 + forMs + 500; now++) {
    const sinceStart = now - 1000;
    if (sinceStart < forMs && sinceStart % everyMs < writes) {
      pace.printed(now);
      lastDrawn = now;
      isSeen = false;
    }
    if (!isSeen && pace.dueIn(now) === 0) {
      pace.looked(now - TOOK_MS, now);
      looks.push(now);
      isSeen = true;
    }
  }
  return { looks, lastDrawn, last: looks.at(-1) ?? Number.NaN };
}

const gaps = (looks: readonly number[]) => looks.slice(1).map((at, index) => at - (looks[index] ?? 0));

describe('the pace of looks at a screen', () => {
  it('looks at once after a rest', () => {
    const pace = new Pace(PAUSES);
    pace.printed(1000);
    assert.equal(pace.dueIn(1000), 0);
    pace.looked(1000, 1001);
    pace.printed(5000);
    assert.equal(pace.dueIn(5000), 0);
  });

  it('pauses for thirty times as long as a look took, within its bounds', () => {
    assert.equal(pauseAfter(0.1, PAUSES), 16);
    assert.equal(pauseAfter(2, PAUSES), 60);
    assert.equal(pauseAfter(50, PAUSES), 100);
  });

  it('looks less often once a screen has been drawn steadily', () => {
    for (const everyMs of [16, 33, 80]) {
      const { looks } = drawn({ everyMs, forMs: 6000 });
      const early = looks.filter((at) => at < 2000).length;
      const late = gaps(looks.filter((at) => at > 4000 && at < 7000));
      assert.ok(early > 10, `${early} looks in the first second, drawn every ${everyMs} ms`);
      assert.ok(Math.min(...late) >= PAUSES.steady, `${late} between looks, drawn every ${everyMs} ms`);
      assert.ok(Math.max(...late) <= PAUSES.steady + everyMs, `${late}`);
    }
  });

  it('sees the last screen, sooner than the next look would have been where nothing follows', () => {
    for (let forMs = 5000; forMs < 5200; forMs += 7) {
      const { last, lastDrawn } = drawn({ everyMs: 33, forMs });
      assert.ok(last >= lastDrawn, `drawn at ${lastDrawn}, seen at ${last}`);
      assert.ok(last - lastDrawn <= 80, `drawn at ${lastDrawn}, seen at ${last}`);
    }
  });

  it('takes the writes of one drawing together', () => {
    const { looks } = drawn({ everyMs: 80, forMs: 6000, writes: 3 });
    const late = gaps(looks.filter((at) => at > 4000 && at < 7000));
    assert.ok(Math.min(...late) >= PAUSES.steady, `${late}`);
  });

  it('is not steady where a screen rests in between', () => {
    const { looks } = drawn({ everyMs: 500, forMs: 6000 });
    assert.equal(looks.length, 12);
    const pace = new Pace(PAUSES);
    for (let now = 1000; now < 6000; now += 500) pace.printed(now);
    assert.equal(pace.isSteady(5500), false);
  });
});
