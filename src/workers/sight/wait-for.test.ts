import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AgentPoolError } from '../../lib/errors.ts';
import { awaitedBy, waitWords } from './wait-for.ts';

const read = (...words: string[]) => {
  const { events, states } = awaitedBy(words);
  return { events: [...events], states: [...states] };
};

describe('what a wait is for', () => {
  it('is named by events and states, with commas or again, in any case for states', () => {
    assert.deepEqual(read('question, completed', 'running', 'FAILED'), {
      events: ['question', 'completed'],
      states: ['RUNNING', 'FAILED'],
    });
  });

  it('has other words', () => {
    assert.deepEqual(read('approval,done,limit,overage').events, [
      'approval_prompt',
      'completed',
      'limit_warning',
      'overage_prompt',
    ]);
    assert.deepEqual(read('terminated').states, ['CANCELLED']);
  });

  it('is everything that needs somebody where nothing is named', () => {
    assert.deepEqual(read(), read('any'));
    assert.ok(read().events.includes('question'));
    assert.ok(!read().events.includes('screen_changed'));
  });

  it('takes every word of its own list', () => {
    for (const word of waitWords()) assert.doesNotThrow(() => awaitedBy([word]), word);
  });

  it('is refused with the list where a word is unknown', () =>
    assert.throws(
      () => awaitedBy(['question,bliss', 'joy']),
      (error) =>
        error instanceof AgentPoolError &&
        error.code === 'INVALID_WAIT_FOR' &&
        String(error.details.unknown) === 'bliss,joy' &&
        error.message.includes('approval_prompt'),
    ));
});
