import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../../lib/testing/processes.ts';
import type { ConversationOwner } from '../contract/conversation.ts';
import { saidWith } from '../contract/session-words.ts';
import { qwenConversations } from './conversation.ts';
import { qwenWords } from './session-words.ts';

const WORD = 'BCDFGHJK';
const TASK = `Look around. The marker is AGENTPOOL_RESULT_${WORD}_x ...`;
const [ONE, TWO] = ['0190c4f2-5a5e-7d11-9d64-3a2f60b1c7aa', '0190c4f2-5a5e-7d11-9d64-3a2f60b1c7bb'] as const;
/** No process has it: the largest pid of Linux is smaller. */
const GONE = 99_999_999;

function makeHome() {
  const home = temporaryFolder();
  const write = (name: string, ...lines: object[]): string => {
    const path = join(home, '.qwen', 'projects', '-repo', 'chats', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    return path;
  };
  const place = { env: {}, home };
  const owner = (more: Partial<ConversationOwner> = {}): ConversationOwner => ({
    worker: 'ap_1',
    run: 1,
    pids: [],
    folder: '/repo',
    word: WORD,
    since: new Date(Date.now() - 60_000),
    until: null,
    place,
    launchFolder: join(home, 'launch'),
    ...more,
  });
  return { write, place, owner };
}

const line = (type: string, text: string) => ({ type, message: { parts: [{ text }] } });

describe('the conversation of a Qwen worker', () => {
  it('is the one that its process has open, else the one that was given its task', () => {
    const { write, place, owner } = makeHome();
    write(`${ONE}.runtime.json`, { pid: process.pid, session_id: ONE });
    assert.deepEqual(qwenConversations.find(owner({ pids: [process.pid] })), { kind: 'none' });
    write(`${ONE}.jsonl`, line('user', 'Another task'));
    write(`${TWO}.jsonl`, line('user', TASK));
    assert.deepEqual(qwenConversations.find(owner({ pids: [process.pid] })), {
      kind: 'one',
      id: ONE,
      source: 'process_file',
    });
    assert.deepEqual(qwenConversations.find(owner()), { kind: 'one', id: TWO, source: 'task' });
    assert.deepEqual(qwenConversations.find(owner({ word: null })), { kind: 'none' });
    assert.deepEqual(
      [ONE, TWO, 'none'].map((id) => qwenConversations.isKept(id, place)),
      [true, true, false],
    );
  });

  it('is open while its process runs', () => {
    const { write, place } = makeHome();
    write(`${ONE}.runtime.json`, { pid: process.pid, session_id: ONE });
    write(`${TWO}.runtime.json`, { pid: GONE, session_id: TWO });
    assert.deepEqual(qwenConversations.openIn(ONE, place), { kind: 'open', pid: process.pid });
    assert.deepEqual(qwenConversations.openIn(TWO, place), { kind: 'closed' });
  });

  it('holds what was said, without thoughts and without what a tool printed', () => {
    const { write, owner } = makeHome();
    const end = `RESULT_${WORD}_END`;
    const path = write(
      `${ONE}.jsonl`,
      line('user', TASK),
      {
        type: 'assistant',
        message: { parts: [{ text: `thought ${end}`, thought: true }, { text: `said ${end}` }] },
      },
      { type: 'tool_result', message: { parts: [{ functionResponse: { output: end } }] } },
    );
    const found = qwenWords.find({ session: '', word: WORD, since: owner().since, place: owner().place });
    assert.equal(found, path);
    assert.deepEqual([...saidWith(end, path, qwenWords)], [`said ${end}`]);
  });
});
