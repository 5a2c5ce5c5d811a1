import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aSample, aWindow } from '../../../fixtures/usage/samples.ts';
import type { UsageSample } from '../../agents/contract/limits/sample.ts';
import { worthAppending } from './worth-recording.ts';

const at = (time: string, used: number, facts: Partial<UsageSample> = {}) => {
  const when = `2026-11-23T${time}.000Z`;
  return aSample('codex-cli', {
    checked_at: when,
    observed_at: when,
    windows: [aWindow('5h', used, '2026-11-23T04:00:00.000Z')],
    ...facts,
  });
};

describe('a sample is recorded', () => {
  it('when it is the first, and when it says something new', () => {
    assert.ok(worthAppending(undefined, at('01:00:00', 10)));
    assert.ok(worthAppending(at('01:00:00', 10), at('01:00:01', 11)));
    assert.ok(worthAppending(at('01:00:00', 10), at('01:00:01', 10, { status: 'limit_reached' })));
  });

  it('when a question has failed, and not when the next one fails alike', () => {
    const tried = [{ source: 'a', outcome: 'failed' as const, reason: '502', retry_at: null, took_ms: 1 }];
    const before = at('01:00:00', 10);
    const kept = { ...before, checked_at: '2026-11-23T01:00:20.000Z', stale: true, tried };
    assert.ok(worthAppending(before, kept));
    assert.ok(!worthAppending(kept, { ...kept, checked_at: '2026-11-23T01:00:40.000Z' }));
  });

  it('every five minutes if it says nothing new, and not sooner', () => {
    assert.ok(!worthAppending(at('01:00:00', 10), at('01:04:59', 10)));
    assert.ok(worthAppending(at('01:00:00', 10), at('01:05:00', 10)));
  });

  it('not for a reset that the provider only rounded differently', () =>
    assert.ok(
      !worthAppending(
        at('01:00:00', 10),
        at('01:01:00', 10, { windows: [aWindow('5h', 10, '2026-11-23T04:00:03.000Z')] }),
      ),
    ));

  it('not when it is older than the last one: kept after a failure, or read from a cache', () =>
    assert.ok(
      !worthAppending(at('01:00:00', 10), at('02:00:00', 3, { observed_at: '2026-11-22T00:00:00.000Z' })),
    ));
});
