import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BusyOutput } from './busy-output.ts';

/** Output of `bytes` every `everyMs`, each read 1 ms later, for 20 s: when it is behind for the first time; null for never. */
function behindAfter({ bytes, everyMs }: { bytes: number; everyMs: number }): number | null {
  const busy = new BusyOutput();
  busy.begin(1000);
  for (let at = 0; at < 20_000; at += everyMs) {
    busy.came(bytes, 1000 + at);
    if (busy.isBehind(1000 + at)) return at;
    busy.read(1001 + at);
  }
  return null;
}

describe('busy output', () => {
  it('is behind once a flood has gone on without a pause for fifteen seconds', () => {
    const after = behindAfter({ bytes: 16_384, everyMs: 10 });
    assert.ok(after !== null && after > 15_000 && after <= 15_020, `${after}`);
  });

  it('is not behind where a screen is drawn thirty times a second', () => {
    assert.equal(behindAfter({ bytes: 3000, everyMs: 33 }), null);
  });

  it('is not behind where there are pauses', () => {
    assert.equal(behindAfter({ bytes: 65_536, everyMs: 60 }), null);
  });
});
