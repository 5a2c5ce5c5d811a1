import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../../lib/testing/processes.ts';
import type { ConversationOwner } from '../contract/conversation.ts';
import { saidWith } from '../contract/session-words.ts';
import { kimiConversations } from './conversation.ts';
import { kimiWords } from './session-words.ts';

const WORD = 'BCDFGHJK';
const TASK = `Look around. The marker is AGENTPOOL_RESULT_${WORD}_x ...`;

const prompt = (text: string) => ({ type: 'turn.prompt', input: [{ type: 'text', text }] });
const said = (type: string, text: string) => ({
  type: 'context.append_loop_event',
  event: { type: 'content.part', part: { type, text } },
});

function makeHome() {
  const home = temporaryFolder();
  const place = { env: {}, home };
  const write = (id: string, ...lines: object[]): string => {
    const path = join(home, '.kimi-code', 'sessions', 'wd_repo_1', id, 'agents', 'main', 'wire.jsonl');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    return path;
  };
  const owner = (word: string | null = WORD): ConversationOwner => ({
    worker: 'ap_1',
    run: 1,
    pids: [],
    folder: '/repo',
    word,
    since: new Date(Date.now() - 60_000),
    until: null,
    place,
    launchFolder: join(home, 'launch'),
  });
  return { write, place, owner };
}

describe('the conversation of a Kimi worker', () => {
  it('is the one that was given its task', () => {
    const { write, place, owner } = makeHome();
    write('session_new', { type: 'metadata' });
    write('session_other', prompt('Another task'), said('text', TASK));
    assert.deepEqual(kimiConversations.find(owner()), { kind: 'none' });
    write('session_ours', prompt(TASK));
    assert.deepEqual(kimiConversations.find(owner()), { kind: 'one', id: 'session_ours', source: 'task' });
    assert.deepEqual(kimiConversations.find(owner(null)), { kind: 'none' });
    assert.equal(kimiConversations.isKept('session_ours', place), true);
    assert.equal(kimiConversations.isKept('session_new', place), false, 'nothing was asked in it');
    write('session_fork', prompt(TASK));
    assert.equal(kimiConversations.find(owner()).kind, 'several');
  });

  it('holds what was said, without thoughts', () => {
    const { write, owner } = makeHome();
    const end = `RESULT_${WORD}_END`;
    const path = write('session_ours', prompt(TASK), said('think', end), said('text', `said ${end}`));
    const { since, place } = owner();
    assert.equal(kimiWords.find({ session: '', word: WORD, since, place }), path);
    assert.deepEqual([...saidWith(end, path, kimiWords)], [`said ${end}`]);
  });
});
