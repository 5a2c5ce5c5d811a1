import assert from 'node:assert/strict';
import type { UsageAnswer, UsageFailure, UsageReading } from '../../agents/contract/limits/reading.ts';

/** The answer; fails the test if the reading is a failure. */
export function answered(reading: UsageReading): UsageAnswer {
  assert.ok(reading.answered, JSON.stringify(reading));
  return reading;
}

/** The failure; fails the test if the reading is an answer. */
export function failed(reading: UsageReading): UsageFailure {
  assert.ok(!reading.answered, JSON.stringify(reading));
  return reading;
}
