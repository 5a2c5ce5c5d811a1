import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../../lib/testing/processes.ts';
import { agentSessionId } from '../contract/launch.ts';
import { saidWith } from '../contract/session-words.ts';
import { grokConversations } from './conversation.ts';
import { grokWords } from './session-words.ts';

const OURS = agentSessionId('ap_1');
const END = 'RESULT_BCDFGHJK_END';

const home = temporaryFolder();
const place = { env: {}, home };

function write(...lines: object[]): string {
  const folder = join(home, '.grok', 'sessions', '%2Frepo', OURS);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'chat_history.jsonl');
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return path;
}

describe('the conversation of a Grok worker', () => {
  const owner = {
    worker: 'ap_1',
    run: 1,
    pids: [],
    folder: '/repo',
    word: 'BCDFGHJK',
    since: new Date(),
    until: null,
    place,
    launchFolder: join(home, 'launch'),
  };
  const asked = {
    type: 'user',
    content: [{ type: 'text', text: '<user_query>\nLook around\n</user_query>' }],
  };

  it('is the one that was named at its start, once something was asked in it', () => {
    assert.equal(grokWords.find({ session: OURS, word: '', since: owner.since, place }), null);
    write({ type: 'system', content: 'You are an agent.' });
    assert.deepEqual(grokConversations.find(owner), { kind: 'none' });
    write(asked);
    assert.deepEqual(grokConversations.find(owner), { kind: 'one', id: OURS, source: 'given' });
  });

  it('holds what was said, without what a tool printed', () => {
    const path = write(
      asked,
      { type: 'tool_result', content: END },
      { type: 'assistant', content: `said ${END}` },
    );
    assert.equal(grokWords.find({ session: OURS, word: '', since: owner.since, place }), path);
    assert.deepEqual([...saidWith(END, path, grokWords)], [`said ${END}`]);
  });
});
