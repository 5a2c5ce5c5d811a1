import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { usageWindow } from '../../../agents/contract/limits/reading.ts';
import type { UsageSample } from '../../../agents/contract/limits/sample.ts';
import { UTC } from '../../../lib/time/zones.ts';
import { unknownSample } from '../../../usage/asking/unasked.ts';
import { workerEvent } from '../../testing/events.ts';
import { evolveParks, noParks, waitedUntil } from './history.ts';
import { knownReset, momentOnScreen } from './reset.ts';

const at = (time: string) => Date.parse(`2026-11-30T${time}Z`);
const onScreen = (words: string, time: string) => {
  const moment = momentOnScreen(words, { now: at(time), zone: UTC });
  return moment === null ? null : new Date(moment).toISOString().replace(/\.000Z$/, 'Z');
};

describe('the reset on a screen', () => {
  it('is over with the end of the minute that a clock shows', () => {
    assert.equal(onScreen('3:40pm', '12:00:00'), '2026-11-30T15:41:00Z');
    assert.equal(onScreen('7:51 PM', '19:50:10'), '2026-11-30T19:52:00Z');
  });

  it('is that of today where its clock has just passed, and else of tomorrow', () => {
    assert.equal(onScreen('3:40pm', '15:45:00'), '2026-11-30T15:41:00Z');
    assert.equal(onScreen('3:40pm', '18:00:00'), '2026-12-01T15:41:00Z');
  });

  it('is exact where its words are', () => {
    assert.equal(onScreen('2026-11-30T15:40:07.500Z', '12:00:00'), '2026-11-30T15:40:07.500Z');
    assert.equal(onScreen('in 2 hours', '12:00:00'), '2026-11-30T14:00:00Z');
    assert.equal(onScreen('some other day', '12:00:00'), null);
  });
});

describe('the reset of a limit', () => {
  const usage = (used: number, resets = '2026-11-30T16:00:00.000Z'): UsageSample => ({
    ...unknownSample('codex-cli', new Date(at('12:00:00'))),
    status: 'available',
    windows: [usageWindow({ kind: '5h', used, resets, confidence: 'official' })],
  });
  const known = (more: Partial<Parameters<typeof knownReset>[0]>) => {
    const given = { words: null, evidence: [], usage: null, because: 'limit', model: null } as const;
    return knownReset({ ...given, now: at('12:00:00'), zone: UTC, ...more });
  };

  it('is what the screen says, with the window that it names', () => {
    const evidence = ["You've hit your 5-hour limit · resets 3:40pm"];
    assert.deepEqual(known({ words: '3:40pm', evidence, usage: usage(100) }), {
      until: at('15:41:00'),
      window: '5h',
      from: 'screen',
    });
  });

  it('is what the figures of its account say where the screen is silent', () => {
    assert.deepEqual(known({ usage: usage(100) }), { until: at('16:00:00'), window: '5h', from: 'usage' });
    assert.deepEqual(known({ usage: usage(60) }), { until: null, window: null, from: 'nothing' });
    assert.deepEqual(known({}), { until: null, window: null, from: 'nothing' });
  });

  it('is that of the fullest window for a turn that was cut short before its limit', () =>
    assert.equal(known({ usage: usage(96), because: 'cut_short' }).until, at('16:00:00')));
});

describe('how long a worker has waited', () => {
  const event = (
    type: 'worker.parked' | 'worker.message_sent',
    state: 'PARKED' | 'RUNNING',
    time: string,
  ) => ({
    ...workerEvent(type, { state }),
    occurred_at: new Date(at(time)).toISOString(),
  });

  it('is the sum of its waits, however often each was recorded', () => {
    const events = [
      event('worker.parked', 'PARKED', '12:00:00'),
      event('worker.parked', 'PARKED', '12:10:00'),
      event('worker.message_sent', 'RUNNING', '12:30:00'),
      event('worker.parked', 'PARKED', '13:00:00'),
    ];
    const history = events.reduce(evolveParks, noParks);
    assert.equal(waitedUntil(history, at('13:05:00')), 35 * 60_000);
    assert.ok(history.parked);
  });
});
