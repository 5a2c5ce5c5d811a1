import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DomainEvent } from '../../../events/catalogue/index.ts';
import { recorded } from '../../../machines/testing/given-when-then.ts';
import { conversationIn } from './exchanges.ts';
import { runsTests, shownCommands } from './shown-commands.ts';

const asked = (question: string | null): DomainEvent => ({
  type: 'worker.transitioned',
  data: {
    from: 'RUNNING',
    state: question === null ? 'RUNNING' : 'AWAITING_USER_INPUT',
    observe_event: question === null ? 'screen_changed' : 'question',
    source: 'screen',
    rule: 'menu',
    evidence: [],
    confidence: 'high',
    question,
    readiness: null,
    warnings: [],
  },
});
const sent = (text: string): DomainEvent => ({
  type: 'worker.message_sent',
  data: { state: 'RUNNING', text, chars: text.length, turn: 2 },
});
const keys: DomainEvent = { type: 'worker.keys_sent', data: { state: 'RUNNING', keys: ['Down', 'Enter'] } };

describe('what was asked and answered', () => {
  it('is read from the log: questions, answers, keys and messages, in order', () => {
    const { exchanges, openQuestion } = conversationIn(
      recorded([asked('A or B?'), sent('B'), asked(null), sent('Be quick'), asked('Sure?'), keys]),
    );
    assert.deepEqual(exchanges, [
      { kind: 'asked', text: 'A or B?' },
      { kind: 'answered', text: 'B' },
      { kind: 'sent', text: 'Be quick' },
      { kind: 'asked', text: 'Sure?' },
      { kind: 'keys', text: 'Down Enter' },
    ]);
    assert.equal(openQuestion, null);
  });

  it('ends with the question without an answer; one answered in the terminal is not open', () => {
    assert.equal(conversationIn(recorded([asked('A?'), asked('A?')])).openQuestion, 'A?');
    assert.equal(conversationIn(recorded([asked('A?'), asked('A?')])).exchanges.length, 1);
    assert.equal(conversationIn(recorded([asked('A?'), asked(null)])).openQuestion, null);
  });
});

describe('the commands on a transcript', () => {
  it('are recognised as Claude Code, Codex, Copilot and a shell draw them, each once', () => {
    const lines = [
      '● Bash(npm run build)',
      '  ⎿  done',
      '• Ran cargo test --all',
      '● I ran nothing of that.',
      '✓ Shell ls -la',
      '$ npm run build',
      'plain text',
    ];
    assert.deepEqual(shownCommands(lines), ['cargo test --all', 'ls -la', 'npm run build']);
  });

  it('are tests where they name a test runner', () => {
    const tests = ['npm test', 'npm run test:unit', 'cargo test --all', 'python -m pytest -q', 'make test'];
    for (const command of tests) assert.ok(runsTests(command), command);
    for (const command of ['npm run build', 'ls test', 'git log']) assert.ok(!runsTests(command), command);
  });
});
