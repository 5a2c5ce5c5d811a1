import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aWindow, NOW } from '../../../fixtures/usage/samples.ts';
import { warningsOf } from './headroom-warnings.ts';

const given = { least: 10, now: NOW };
const of = (windows: Parameters<typeof warningsOf>[0], model: string | null) =>
  warningsOf(windows, { provider_id: 'claude-code', model }, given).map(
    (line) => /has little left: (.*?) \d+ %/.exec(line)?.[1],
  );

describe('the warnings of a spawn', () => {
  const windows = [
    aWindow('weekly', 95, null),
    aWindow('weekly', 100, null, 'Fable'),
    aWindow('on_demand', 100, null, 'extra usage'),
  ];

  it('are about the limits of its plan and of its model', () => {
    assert.deepEqual(of(windows, 'claude-fable-5'), ['weekly', 'weekly fable']);
    assert.deepEqual(of(windows, 'sonnet'), ['weekly']);
    assert.deepEqual(of(windows, null), ['weekly']);
  });

  it('follow the names of windows that an older release recorded', () => {
    const recorded = windows.map(({ name, remaining_percent, reset_at }) => ({
      name,
      remaining_percent,
      reset_at,
    }));
    assert.deepEqual(of(recorded, 'fable'), ['weekly', 'weekly fable']);
    assert.deepEqual(of(recorded, 'sonnet'), ['weekly']);
  });
});
