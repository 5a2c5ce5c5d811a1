import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AgentPoolError } from '../../lib/errors.ts';
import { parseWaitFor, waitWords } from './wait-for.ts';

const read = (...words: string[]) => {
  const { events, states } = parseWaitFor(words);
  return { events: [...events], states: [...states] };
};

describe('the condition of a wait', () => {
  it('is given by events and states, comma-separated or repeated, with states in any case', () => {
    assert.deepEqual(read('question, completed', 'running', 'FAILED'), {
      events: ['question', 'completed'],
      states: ['RUNNING', 'FAILED'],
    });
  });

  it('has aliases', () => {
    assert.deepEqual(read('approval,done,limit,overage').events, [
      'approval_prompt',
      'completed',
      'limit_warning',
      'overage_prompt',
    ]);
    assert.deepEqual(read('terminated').states, ['CANCELLED']);
  });

  it('is by default everything that needs attention', () => {
    assert.deepEqual(read(), read('any'));
    assert.ok(read().events.includes('question'));
    assert.ok(!read().events.includes('screen_changed'));
  });

  it('accepts every word of its own list', () => {
    for (const word of waitWords()) assert.doesNotThrow(() => parseWaitFor([word]), word);
  });

  it('is refused with the list if a word is unknown', () =>
    assert.throws(
      () => parseWaitFor(['question,bliss', 'joy']),
      (error) =>
        error instanceof AgentPoolError &&
        error.code === 'INVALID_WAIT_FOR' &&
        String(error.details.unknown) === 'bliss,joy' &&
        error.message.includes('approval_prompt'),
    ));
});
