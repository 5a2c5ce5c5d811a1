import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import Value from 'typebox/value';
import { NOW } from '../../../fixtures/usage/samples.ts';
import { UsageSample } from '../../events/catalogue/usage.ts';
import { warningSample } from './worker-warning.ts';

const warned = (facts: Partial<Parameters<typeof warningSample>[0]> = {}) => {
  const sample = warningSample({
    provider_id: 'claude-code',
    reached: true,
    resets: null,
    text: 'limit reached',
    at: NOW,
    timeZone: 'UTC',
    ...facts,
  });
  assert.ok(Value.Check(UsageSample, sample), JSON.stringify(sample));
  return sample;
};

describe('a warning on a worker’s screen', () => {
  it('is a sample with its own confidence, and with the reset that the screen showed', () => {
    const sample = warned({ resets: '4:10am (Europe/Vienna)' });
    assert.deepEqual(
      [sample.status, sample.confidence, sample.reset_at],
      ['limit_reached', 'provider_warning', '2026-11-23T03:10:00.000Z'],
    );
  });

  it("is in this machine's time zone if it names none, and has no reset without a time", () => {
    assert.equal(
      warned({ resets: 'Nov 26 at 3pm', timeZone: 'America/New_York' }).reset_at,
      '2026-11-26T20:00:00.000Z',
    );
    assert.equal(warned({ resets: 'tomorrow' }).reset_at, null);
  });

  it('about a near limit invents no percentage', () => {
    const near = warned({ reached: false });
    assert.deepEqual([near.status, near.windows[0]?.used_percent], ['near_limit', null]);
  });

  it('repeats no e-mail', () =>
    assert.doesNotMatch(JSON.stringify(warned({ text: 'someone@example.invalid is out of credits' })), /@/));
});
