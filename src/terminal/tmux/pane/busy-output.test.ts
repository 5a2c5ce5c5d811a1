import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BusyOutput } from './busy-output.ts';

/** Output of `bytes` every `everyMs`, each read 1 ms later, for 20 s: when it has gone on for long; null for never. */
function longAfter({ bytes, everyMs }: { bytes: number; everyMs: number }): number | null {
  const busy = new BusyOutput();
  busy.begin(1000);
  for (let at = 0; at < 20_000; at += everyMs) {
    busy.came(bytes, 1000 + at);
    if (busy.isLong(1000 + at)) return at;
    busy.read(1001 + at);
  }
  return null;
}

describe('busy output', () => {
  it('has gone on for long after fifteen seconds without a pause', () => {
    const after = longAfter({ bytes: 16_384, everyMs: 10 });
    assert.ok(after !== null && after > 15_000 && after <= 15_020, `${after}`);
  });

  it('has not gone on for long where a screen is drawn thirty times a second', () => {
    assert.equal(longAfter({ bytes: 3000, everyMs: 33 }), null);
  });

  it('has not gone on for long where there are pauses', () => {
    assert.equal(longAfter({ bytes: 65_536, everyMs: 60 }), null);
  });

  it('is busy until nothing has come for a quarter of a second', () => {
    const busy = new BusyOutput();
    busy.begin(1000);
    busy.came(65_536, 1000);
    busy.read(1010);
    assert.equal(busy.isBusy(1200), true);
    assert.equal(busy.isBusy(1300), false);
  });

  it('is not busy where little was printed', () => {
    const busy = new BusyOutput();
    busy.begin(1000);
    busy.came(3000, 1000);
    assert.equal(busy.isBusy(1001), false);
  });
});
