import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TerminalSignal } from '../../../terminal/screen/terminal-signals.ts';
import { classified } from '../../testing/classified.ts';
import { Perception } from '../perception/perception.ts';
import { TerminalMeaning } from './terminal.ts';

const notified = (text: string) => new TerminalMeaning().of({ kind: 'notification', text });

describe('what a terminal signals of a turn', () => {
  it('is in the words of a notification', () => {
    assert.equal(notified('Approval requested: npm test'), 'approval_wanted');
    assert.equal(notified('Claude needs your permission to use Bash'), 'approval_wanted');
    assert.equal(notified('Codex has a question'), 'question_asked');
    assert.equal(notified('Claude is waiting for your input'), 'attention');
    assert.equal(notified('Turn complete'), 'turn_ended');
    assert.equal(notified('Hello'), 'attention');
  });

  it('is the begin and the end of progress, each once', () => {
    const terminal = new TerminalMeaning();
    const progress = (...states: ('none' | 'busy' | 'error')[]) =>
      states
        .map((state): TerminalSignal => ({ kind: 'progress', state }))
        .map((signal) => terminal.of(signal));
    assert.deepEqual(progress('none', 'busy', 'busy', 'none', 'none'), [
      null,
      'turn_started',
      null,
      'turn_ended',
      null,
    ]);
    assert.deepEqual(progress('busy', 'error'), ['turn_started', 'attention']);
  });

  it('is that a shell has its terminal again, together with a prompt on the screen', () => {
    const terminal = new TerminalMeaning();
    assert.equal(terminal.of({ kind: 'mark', at: 'prompt' }), null);
    assert.equal(terminal.isAtShell, true);
    terminal.of({ kind: 'mark', at: 'command' });
    assert.equal(terminal.isAtShell, false);
    const shows = (label: 'exited' | 'idle') => ({
      classification: classified(label),
      line: null,
      result: null,
      content: label,
    });
    const seenAfterASecond = (label: 'exited' | 'idle', isAtShell: boolean) => {
      const perception = new Perception(0, { idleMs: 1000, unknownMs: 30_000 });
      perception.isAtShell = isAtShell;
      perception.perceive('RUNNING', shows(label), 0);
      return perception.perceive('RUNNING', shows(label), 1100).observation;
    };
    assert.equal(seenAfterASecond('exited', false), null);
    assert.equal(seenAfterASecond('idle', true)?.event, 'idle');
    const left = seenAfterASecond('exited', true);
    assert.deepEqual(
      [left?.event, left?.warnings],
      ['none', ['its program has left the terminal to a shell']],
    );
  });

  it('is no dialog while the agent draws', () => {
    const perception = new Perception(0, { idleMs: 1000, unknownMs: 30_000 });
    const shows = (work: string[]) => ({
      classification: classified('unknown'),
      line: null,
      result: null,
      content: 'x',
      motion: { drawn: 'x', stillMs: 0, hasMoved: true, turnsInFooter: false, work },
    });
    perception.onSignal({ kind: 'approval_wanted', at: 0 }, 0);
    assert.equal(perception.perceive('RUNNING', shows(['text was written']), 10).observation, null);
    assert.equal(perception.perceive('RUNNING', shows([]), 20).observation, null);
    assert.equal(perception.perceive('RUNNING', shows([]), 110).observation?.event, 'approval_prompt');
  });
});
