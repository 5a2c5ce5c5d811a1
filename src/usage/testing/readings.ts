import assert from 'node:assert/strict';
import type { Answer, Failure, Reading } from '../../agents/contract/limits/reading.ts';

/** The answer; fails the test if the reading is a failure. */
export function answered(reading: Reading): Answer {
  assert.ok(reading.answered, JSON.stringify(reading));
  return reading;
}

/** The failure; fails the test if the reading is an answer. */
export function failed(reading: Reading): Failure {
  assert.ok(!reading.answered, JSON.stringify(reading));
  return reading;
}
