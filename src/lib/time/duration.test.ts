import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bytes } from '../text/bytes.ts';
import { exactSpan, shortSpan, span } from './duration.ts';

const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000];

describe('a duration', () => {
  it('is shown in one unit if an approximation is enough', () => {
    const printed = [0, 42 * SECOND, 89 * SECOND, 7 * MINUTE, 89 * MINUTE, 3 * HOUR, 35 * HOUR, 2 * DAY].map(
      span,
    );
    assert.deepEqual(printed, ['0 s', '42 s', '89 s', '7 min', '89 min', '3 h', '35 h', '2 d']);
  });

  it('is shown to the second, or more precisely, if it is measured', () => {
    const printed = [300, 42_100, 7 * MINUTE + 12 * SECOND, 3 * HOUR + 5 * MINUTE].map(exactSpan);
    assert.deepEqual(printed, ['300 ms', '42.1 s', '7 min 12 s', '3 h 5 min']);
  });

  it('is short in a narrow column, and never negative', () => {
    const times = [
      -5,
      0,
      45 * SECOND,
      12 * MINUTE,
      2 * HOUR,
      2 * HOUR + 5 * MINUTE,
      3 * DAY + 4 * HOUR,
      7 * DAY,
    ];
    assert.deepEqual(times.map(shortSpan), ['0s', '0s', '45s', '12m', '2h', '2h5m', '3d4h', '7d']);
  });
});

describe('a number of bytes', () => {
  it('is shown in the shortest unit', () => {
    const printed = [0, 512, 1023, 1024, 12_600, 256 * 1024, 4 << 20, 1.25 * 1024 ** 3, 5 * 1024 ** 5].map(
      bytes,
    );
    const asked = ['0 B', '512 B', '1023 B', '1 KiB', '12.3 KiB', '256 KiB', '4 MiB', '1.3 GiB', '5120 TiB'];
    assert.deepEqual(printed, asked);
  });
});
