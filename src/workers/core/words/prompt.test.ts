import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findResult } from '../../../terminal/transcript/result-marker.ts';
import { workerPrompt } from './prompt.ts';

const prompt = (task: string, more = {}) =>
  workerPrompt({ task, isolation: 'worktree', allowedFiles: [], ...more });

describe('the prompt of a worker', () => {
  it('begins with the task as it was written, without control sequences', () => {
    assert.ok(prompt('  Look\r\n\tat this\u001b[201~\u0000!\n').startsWith('Look\n\tat this[201~!\n\n'));
  });

  it('says what it may change', () => {
    assert.match(prompt('Look', { isolation: 'read_only' }), /Only read: change no file\./);
    assert.match(
      prompt('Look', { allowedFiles: ['a.ts', 'b.ts'] }),
      /Change only these files: a\.ts, b\.ts\./,
    );
    assert.doesNotMatch(prompt('Look'), /Only read|Change only/);
  });

  it('has the brief of another worker behind the task and before the rules', () => {
    const text = prompt('Look', { isolation: 'read_only', brief: '# Handover\n' });
    assert.match(text, /^Look\n\n# Handover\n\nOnly read: change no file\./);
  });

  it('is not read as a result, however it is wrapped', () => {
    const text = prompt('Look');
    for (const width of [20, 80, 200]) {
      const rows = text.split('\n').flatMap((line) => line.match(new RegExp(`.{1,${width}}`, 'g')) ?? ['']);
      assert.equal(findResult(rows), null);
    }
  });
});
