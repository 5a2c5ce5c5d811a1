import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import Value from 'typebox/value';
import { aSample, aWindow, NOW } from '../../../fixtures/usage/samples.ts';
import { UsageSample } from '../../events/catalogue/usage.ts';
import { namedZone, UTC } from '../../lib/time/zones.ts';
import { withWarning } from './current.ts';
import { windowWords } from './window-words.ts';
import { overSample, warningSample, withEarlier } from './worker-warning.ts';

const warned = (facts: Partial<Parameters<typeof warningSample>[0]> = {}) => {
  const sample = warningSample({
    provider_id: 'claude-code',
    reached: true,
    resets: null,
    text: 'limit reached',
    at: NOW,
    zone: UTC,
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
      warned({ resets: 'Nov 26 at 3pm', zone: namedZone('America/New_York') ?? UTC }).reset_at,
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

describe('paid use on a worker’s screen', () => {
  it('is overage_possible, and counts until its provider is asked again', () => {
    const paid = warned({ paid: true, reached: false });
    assert.equal(paid.status, 'overage_possible');
    const inDays = (days: number) => new Date(NOW.getTime() + days * 86_400_000);
    assert.equal(withWarning(null, paid, inDays(30), 1000)?.status, 'overage_possible');
    const before = aSample('claude-code', { windows: [aWindow('5h', 30, null)] });
    const older = { ...before, observed_at: inDays(-1).toISOString() };
    const newer = { ...before, observed_at: inDays(1).toISOString() };
    assert.equal(withWarning(older, paid, inDays(2), 1000)?.status, 'overage_possible');
    assert.equal(withWarning(newer, paid, inDays(2), 1000)?.status, 'available');
  });

  it('is over with the reset that it named', () => {
    const paid = warned({ paid: true, resets: '4:10am (UTC)' });
    assert.equal(withWarning(null, paid, new Date(NOW.getTime() + 2 * 86_400_000), 1000), null);
  });
});

describe('a limit whose reset cannot be read', () => {
  const inHours = (hours: number) => new Date(NOW.getTime() + hours * 3_600_000);
  const statusOf = (sample: ReturnType<typeof warned>, hours: number) =>
    withWarning(null, sample, inHours(hours), 1000)?.status ?? null;

  it('is remembered for the length of its window, and says that its reset is unknown', () => {
    const session = warned({ text: "You've hit your 5-hour limit", resets: 'some day' });
    assert.deepEqual([statusOf(session, 4.9), statusOf(session, 5.1)], ['limit_reached', null]);
    const weekly = warned({ text: "You've hit your weekly limit" });
    assert.deepEqual([statusOf(weekly, 167), statusOf(weekly, 169)], ['limit_reached', null]);
    const [window] = weekly.windows;
    assert.ok(window);
    assert.equal(windowWords(window, null, NOW, 'UTC'), '7d 0 % left, reset unknown');
  });

  it('of no named window is remembered until it is seen otherwise, a week at most', () => {
    const unnamed = warned();
    assert.deepEqual([statusOf(unnamed, 160), statusOf(unnamed, 170)], ['limit_reached', null]);
    const over = overSample('claude-code', inHours(1));
    assert.ok(Value.Check(UsageSample, over));
    assert.equal(withWarning(null, over, inHours(2), 1000), null);
  });

  it('and is only near is believed for a while', () => {
    const near = warned({ reached: false });
    assert.deepEqual([statusOf(near, 0), statusOf(near, 1)], ['near_limit', null]);
  });
});

describe('a warning about one model', () => {
  const fable = warned({ text: "You've hit your Fable limit", model: 'Fable', resets: 'Nov 26, 3pm (UTC)' });

  it('is a used-up window of that model, and no status of the plan', () => {
    const [window] = fable.windows;
    assert.deepEqual([fable.status, window?.scope, window?.used_percent], ['near_limit', 'Fable', 100]);
    assert.equal(fable.reset_at, '2026-11-26T15:00:00.000Z');
  });

  it('is about the plan if money is spent', () =>
    assert.equal(warned({ model: 'Fable', paid: true }).windows[0]?.scope, null));

  it('neither ends the limit of another model, nor is ended by it', () => {
    const opus = warned({ text: "You've hit your Opus limit", model: 'Opus', resets: 'in 2 hours' });
    const both = withEarlier(opus, fable);
    assert.deepEqual(
      [both.status, both.windows.map(({ scope }) => scope)],
      ['near_limit', ['Opus', 'Fable']],
    );
    const plan = withEarlier(warned({ resets: 'in 2 hours' }), fable);
    assert.deepEqual([plan.status, plan.windows.length], ['limit_reached', 2]);
    assert.equal(withEarlier(opus, warned({ resets: 'in 2 hours' })).status, 'limit_reached');
  });

  it('stays when a worker with another model goes on', () => {
    const over = overSample('claude-code', NOW, fable.windows);
    assert.ok(Value.Check(UsageSample, over));
    assert.deepEqual([over.status, over.windows], ['near_limit', fable.windows]);
  });
});

describe('a warning from the future', () => {
  it('counts no longer than one of now', () => {
    const at = new Date(NOW.getTime() + 48 * 3_600_000);
    const session = warned({ text: "You've hit your 5-hour limit", at });
    assert.equal(withWarning(null, session, NOW, 1000), null);
    assert.equal(withWarning(null, warned({ reached: false, at }), NOW, 1000), null);
  });
});

describe('a second warning', () => {
  const later = new Date(NOW.getTime() + 60_000);
  const weekly = warned({ text: "You've hit your weekly limit", resets: 'Nov 26, 3pm (UTC)' });

  it('keeps the reset that a menu about the same limit does not name', () => {
    const menu = warned({ text: 'What do you want to do?', at: later });
    const both = withEarlier(menu, weekly);
    assert.deepEqual(
      both.windows.map(({ window_minutes, reset_at }) => [window_minutes, reset_at]),
      [[10_080, '2026-11-26T15:00:00.000Z']],
    );
    assert.equal(both.reset_at, '2026-11-26T15:00:00.000Z');
  });

  it('about another limit ends neither', () => {
    const session = warned({ text: "You've hit your 5-hour limit", resets: 'in 2 hours', at: later });
    const both = withEarlier(session, weekly);
    assert.deepEqual(
      both.windows.map(({ name }) => name),
      ['300m', '10080m'],
    );
    const after = new Date('2026-11-25T00:00:00.000Z');
    assert.equal(withWarning(null, both, after, 1000)?.status, 'limit_reached');
    const near = withEarlier(
      warned({ text: '90% of your 5-hour limit used', reached: false, at: later }),
      weekly,
    );
    assert.equal(near.status, 'limit_reached');
  });

  it('with a reset of its own replaces the one of the same limit', () => {
    const moved = warned({ text: "You've hit your weekly limit", resets: 'Nov 28, 3pm (UTC)', at: later });
    assert.deepEqual(
      withEarlier(moved, weekly).windows.map(({ reset_at }) => reset_at),
      ['2026-11-28T15:00:00.000Z'],
    );
  });
});
