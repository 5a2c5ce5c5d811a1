import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../lib/testing/processes.ts';
import { claudeWords } from './claude-code/session-words.ts';
import { codexWords } from './codex-cli/session-words.ts';
import { lastSaidAndRan, type SessionWords, saidWith } from './contract/session-words.ts';
import { copilotWords } from './copilot-cli/session-words.ts';

const home = temporaryFolder();
const since = new Date();
const owner = { session: 'our-session', word: 'BCDFGHJK', since, place: { env: {}, home } };
const mark = 'RESULT_BCDFGHJK_END';

const write = (path: string, ...lines: (object | string)[]): string => {
  const file = join(home, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(
    file,
    lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''),
  );
  return file;
};
const said = (words: SessionWords, path: string) => [...saidWith(mark, path, words)];

describe("what an agent said, in its own file of the worker's session", () => {
  it('is read of Claude Code: not what a tool printed, a user wrote or a helper said', () => {
    const text = (type: string, more: object = {}) => ({
      message: { content: [{ type, text: `${type} ${mark}` }] },
      ...more,
    });
    const path = write(
      '.claude/projects/-repo/our-session.jsonl',
      text('text', { type: 'user' }),
      text('text', { type: 'assistant', isSidechain: true }),
      text('text', { type: 'assistant' }),
      { type: 'user', message: { content: [{ type: 'tool_result', content: mark }] } },
      `{"type":"assistant", half ${mark}`,
    );
    write('.claude/projects/-repo/another.jsonl', text('text', { type: 'assistant' }));
    assert.equal(claudeWords.find(owner), path);
    assert.deepEqual(said(claudeWords, path), [`text ${mark}`]);
    assert.equal(claudeWords.find({ ...owner, session: 'none' }), null);
  });

  it('is read of Copilot', () => {
    const message = (type: string, more: object = {}) => ({
      type,
      data: { content: `${type} ${mark}`, ...more },
    });
    const path = write(
      '.copilot/session-state/our-session/events.jsonl',
      message('user.message'),
      message('tool.execution_complete'),
      message('assistant.message', { parentToolCallId: 'helper' }),
      message('assistant.message'),
    );
    assert.equal(copilotWords.find(owner), path);
    assert.deepEqual(said(copilotWords, path), [`assistant.message ${mark}`]);
  });

  it('is read of Codex, whose session is the one that was given the task', () => {
    const message = (role: string, type: string, text: string) => ({
      type: 'response_item',
      payload: { type: 'message', role, content: [{ type, text }] },
    });
    const task = message('user', 'input_text', 'Look around. The marker AGENTPOOL_RESULT_BCDFGHJK_x ...');
    const answer = message('assistant', 'output_text', mark);
    const day = since.toISOString().slice(0, 10).replaceAll('-', '/');
    const output = {
      type: 'response_item',
      payload: { type: 'function_call_output', output: `_BCDFGHJK_x ${mark}` },
    };
    write(`.codex/sessions/${day}/rollout-1.jsonl`, message('user', 'input_text', 'Another'), output, answer);
    const path = write(`.codex/sessions/${day}/rollout-2.jsonl`, task, output, answer);
    assert.equal(codexWords.find(owner), path);
    assert.deepEqual(said(codexWords, path), [mark]);
    assert.equal(codexWords.find({ ...owner, word: 'ZZZZZZZZ' }), null);
  });
});

describe('what an agent said last and ran, in its own file', () => {
  const lines = (words: SessionWords, ...entries: object[]) =>
    lastSaidAndRan(write('last-said.jsonl', ...entries), words, { messages: 1, commands: 9 });

  it('is read of Claude Code', () => {
    const call = (name: string, command: string) => ({
      type: 'assistant',
      message: { content: [{ type: 'tool_use', name, input: { command } }] },
    });
    const text = (said: string) => ({
      type: 'assistant',
      message: { content: [{ type: 'text', text: said }] },
    });
    const found = lines(claudeWords, text('one'), call('Bash', 'npm test'), call('Edit', 'no'), text('two'));
    assert.deepEqual(found, { messages: ['two'], commands: ['npm test'] });
  });

  it('is read of Codex, in both forms of its shell', () => {
    const call = (args: object) => ({
      type: 'response_item',
      payload: { type: 'function_call', arguments: JSON.stringify(args) },
    });
    const found = lines(codexWords, call({ cmd: 'ls' }), call({ command: ['bash', '-lc', 'npm test'] }));
    assert.deepEqual(found.commands, ['ls', 'npm test']);
  });

  it('is read of Copilot', () => {
    const call = (toolName: string) => ({
      type: 'tool.execution_start',
      data: { toolName, arguments: { command: 'make' } },
    });
    assert.deepEqual(lines(copilotWords, call('bash'), call('view')).commands, ['make']);
  });
});
