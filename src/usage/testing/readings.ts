import assert from 'node:assert/strict';
import type { Answer, Failure, Reading } from '../../agents/contract/limits/reading.ts';

/** A reading that has to be an answer. */
export function answered(reading: Reading): Answer {
  assert.ok(reading.answered, JSON.stringify(reading));
  return reading;
}

/** A reading that has to be a failure. */
export function failed(reading: Reading): Failure {
  assert.ok(!reading.answered, JSON.stringify(reading));
  return reading;
}
