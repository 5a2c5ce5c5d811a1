import assert from 'node:assert/strict';
import { mkdirSync, openSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { defaultConfig } from '../config/file/defaults.ts';
import { openSqlite } from '../events/store/connection.ts';
import { hasProc } from '../lib/process/process-table.ts';
import { temporaryFolder } from '../lib/testing/processes.ts';
import { classify } from '../terminal/detection/classify.ts';
import { screenFromText } from '../terminal/detection/screen/screen-from-text.ts';
import type { ConversationOwner, Conversations } from './contract/conversation.ts';
import { agentSessionId, type LaunchRequest } from './contract/launch.ts';
import { runnableAgent } from './registry.ts';
import { packagedRules } from './testing/rules.ts';

const own = process.pid;
/** No process has it: the largest pid of Linux is smaller. */
const GONE = 99_999_999;
const WORD = 'BCDFGHJK';
const TASK = `Look around. The marker is AGENTPOOL_RESULT_${WORD}_x ...`;
const [ONE, TWO] = ['0190c4f2-5a5e-7d11-9d64-3a2f60b1c7aa', '0190c4f2-5a5e-7d11-9d64-3a2f60b1c7bb'] as const;

const conversationsOf = async (id: string): Promise<Conversations> => {
  const { conversations } = await runnableAgent(defaultConfig(), id);
  return conversations ?? assert.fail(`${id} has no conversations`);
};

/** A user's home, as agents fill it. */
function makeHome() {
  const home = temporaryFolder();
  const write = (path: string, ...lines: object[]): string => {
    const file = join(home, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    return file;
  };
  const owner = (more: Partial<ConversationOwner> = {}): ConversationOwner => ({
    worker: 'ap_1',
    run: 1,
    pids: [],
    folder: join(home, 'repo'),
    word: WORD,
    since: new Date(Date.now() - 60_000),
    until: null,
    place: { env: {}, home },
    launchFolder: join(home, 'launch'),
    ...more,
  });
  const place = { env: {}, home };
  return { home, write, owner, place };
}

const OURS = agentSessionId('ap_1');

describe('the conversation of a Claude worker', async () => {
  const claude = await conversationsOf('claude-code');
  const asked = { type: 'user', message: { content: TASK } };

  it('is the one that its running process has, whatever id it was started with', () => {
    const { write, owner } = makeHome();
    write(`.claude/projects/-repo/${OURS}.jsonl`, asked);
    write(`.claude/sessions/${own}.json`, { pid: own, sessionId: ONE });
    write(`.claude/sessions/${GONE}.json`, { pid: GONE, sessionId: TWO });
    assert.deepEqual(claude.find(owner({ pids: [own] })), { kind: 'one', id: ONE, source: 'process_file' });
  });

  it('is the one with our id once the process is gone, and of a later run another one', () => {
    const { write, owner } = makeHome();
    const later = agentSessionId('ap_1', 2);
    assert.deepEqual(claude.find(owner()), { kind: 'none' });
    write(`.claude/projects/-repo/${OURS}.jsonl`, asked);
    assert.deepEqual(claude.find(owner()), { kind: 'one', id: OURS, source: 'given' });
    write(`.claude/projects/-repo/${later}.jsonl`, asked);
    assert.deepEqual(claude.find(owner({ run: 2 })), { kind: 'one', id: later, source: 'given' });
  });

  it('is the one that was given its task, where its own command chose it; not one that only printed it', () => {
    const { write, owner } = makeHome();
    const printed = { type: 'user', message: { content: [{ type: 'tool_result', content: TASK }] } };
    write(`.claude/projects/-repo/${TWO}.jsonl`, printed);
    write(`.claude/projects/-repo/${ONE}.jsonl`, asked);
    assert.deepEqual(claude.find(owner()), { kind: 'one', id: ONE, source: 'task' });
  });

  it('is not guessed where two were given the task', () => {
    const { write, owner } = makeHome();
    for (const id of [ONE, TWO]) write(`.claude/projects/-repo/${id}.jsonl`, asked);
    const found = claude.find(owner());
    assert.ok(found.kind === 'several');
    assert.deepEqual(found.candidates.map(({ id }) => id).sort(), [ONE, TWO]);
  });

  it('is open in a process that runs, not in one that is gone or that got its pid later', () => {
    const { write, place } = makeHome();
    write(`.claude/projects/-repo/${ONE}.jsonl`, asked);
    write(`.claude/sessions/${GONE}.json`, { sessionId: ONE });
    assert.deepEqual(claude.openIn(ONE, place), { kind: 'closed' });
    const file = write(`.claude/sessions/${own}.json`, { sessionId: ONE });
    assert.deepEqual(claude.openIn(ONE, place), { kind: 'open', pid: own });
    if (hasProc) {
      utimesSync(file, new Date(0), new Date(0));
      assert.deepEqual(claude.openIn(ONE, place), { kind: 'closed' });
    }
    assert.deepEqual([claude.isKept(ONE, place), claude.isKept(TWO, place)], [true, false]);
  });
});

describe('the conversation of a Codex worker', async () => {
  const codex = await conversationsOf('codex-cli');
  const said = (text: string) => ({
    type: 'response_item',
    payload: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
  });
  const rollout = (id: string) =>
    `.codex/sessions/${new Date().toISOString().slice(0, 10).replaceAll('-', '/')}/rollout-2026-${id}.jsonl`;

  it('is the one whose lock its process holds open', { skip: !hasProc }, () => {
    const { write, owner, place } = makeHome();
    write(rollout(TWO), said(TASK));
    const lock = write(`.codex/thread-writer-locks/${ONE}.lock`);
    assert.deepEqual(codex.openIn(ONE, place), { kind: 'closed' });
    openSync(lock, 'r');
    assert.deepEqual(codex.find(owner({ pids: [own] })), { kind: 'one', id: ONE, source: 'lock' });
    assert.deepEqual(codex.openIn(ONE, place), { kind: 'open', pid: own });
    assert.deepEqual(codex.openIn(TWO, place), { kind: 'closed' });
  });

  it('is the one that was given its task, and not guessed where it was forked', () => {
    const { write, owner, place } = makeHome();
    assert.deepEqual([codex.find(owner()), codex.isKept(ONE, place)], [{ kind: 'none' }, null]);
    write(rollout(TWO), said('Another task'));
    write(rollout(ONE), said(TASK));
    assert.deepEqual(codex.find(owner()), { kind: 'one', id: ONE, source: 'task' });
    assert.deepEqual([codex.isKept(ONE, place), codex.isKept(OURS, place)], [true, false]);
    write(rollout(TWO), said(TASK));
    assert.equal(codex.find(owner()).kind, 'several');
  });
});

describe('the conversation of a Copilot worker', async () => {
  const copilot = await conversationsOf('copilot-cli');
  const asked = { type: 'user.message', data: { content: TASK } };
  const folder = (id: string) => `.copilot/session-state/${id}`;

  it('is the one with the lock of its process, which counts as open', () => {
    const { write, owner, place } = makeHome();
    write(`${folder(ONE)}/inuse.${own}.lock`);
    write(`${folder(TWO)}/inuse.${GONE}.lock`);
    assert.deepEqual(copilot.find(owner({ pids: [own, GONE] })), { kind: 'one', id: ONE, source: 'lock' });
    assert.deepEqual(copilot.openIn(ONE, place), { kind: 'open', pid: own });
    assert.deepEqual(copilot.openIn(TWO, place), { kind: 'closed' });
    assert.equal(copilot.isKept(ONE, place), false);
  });

  it('is the one with our id once the process is gone, else the one that was given its task', () => {
    const { write, owner } = makeHome();
    write(`${folder(ONE)}/events.jsonl`, asked);
    write(`${folder(TWO)}/events.jsonl`, { type: 'assistant.message', data: { content: TASK } });
    assert.deepEqual(copilot.find(owner()), { kind: 'one', id: ONE, source: 'task' });
    write(`${folder(OURS)}/events.jsonl`, asked);
    assert.deepEqual(copilot.find(owner()), { kind: 'one', id: OURS, source: 'given' });
  });
});

for (const id of ['opencode', 'kilo'])
  describe(`the conversation of a worker of ${id}`, () => testDatabase(id));

async function testDatabase(name: string): Promise<void> {
  const opencode = await conversationsOf(name);

  function makeDatabase(home: string) {
    const path = join(home, `.local/share/${name}/${name}.db`);
    mkdirSync(dirname(path), { recursive: true });
    const database = openSqlite(path);
    database.exec(`CREATE TABLE session (id TEXT, parent_id TEXT, directory TEXT, title TEXT, time_created INTEGER);
      CREATE TABLE message (id TEXT, session_id TEXT, data TEXT);
      CREATE TABLE part (id TEXT, message_id TEXT, session_id TEXT, data TEXT)`);
    return (
      id: string,
      directory: string,
      said: { role: string; text: string },
      more: { parent?: string; at?: number } = {},
    ) => {
      const { parent = null, at = Date.now() } = more;
      database
        .prepare('INSERT INTO session VALUES (?, ?, ?, ?, ?)')
        .run(id, parent, directory, `title of ${id}`, at);
      database
        .prepare('INSERT INTO message VALUES (?, ?, ?)')
        .run(`m${id}`, id, JSON.stringify({ role: said.role }));
      const data = JSON.stringify({ type: 'text', text: said.text });
      database.prepare('INSERT INTO part VALUES (?, ?, ?, ?)').run(`p${id}`, `m${id}`, id, data);
    };
  }
  const task = { role: 'user', text: TASK };

  it('is the one of its folder that was given its task', () => {
    const { home, owner, place } = makeHome();
    assert.deepEqual([opencode.find(owner()), opencode.isKept('ses_1', place)], [{ kind: 'none' }, null]);
    const begin = makeDatabase(home);
    const { folder } = owner();
    begin('ses_1', folder, task);
    begin('ses_2', folder, { role: 'assistant', text: TASK });
    begin('ses_3', join(home, 'other'), task);
    begin('ses_4', folder, task, { parent: 'ses_1' });
    begin('ses_5', folder, task, { at: Date.now() - 3_600_000 });
    assert.deepEqual(opencode.find(owner()), { kind: 'one', id: 'ses_1', source: 'task' });
    assert.deepEqual([opencode.isKept('ses_1', place), opencode.isKept('ses_9', place)], [true, false]);
    assert.deepEqual(opencode.openIn('ses_1', place), { kind: 'unknown' });
  });

  it('is not guessed by folder and time where there are two', () => {
    const { home, owner } = makeHome();
    const begin = makeDatabase(home);
    begin('ses_1', owner().folder, { role: 'user', text: 'first' });
    assert.deepEqual(opencode.find(owner({ word: null })), {
      kind: 'one',
      id: 'ses_1',
      source: 'folder_and_time',
    });
    begin('ses_2', owner().folder, { role: 'user', text: 'second' });
    const found = opencode.find(owner({ word: null }));
    assert.ok(found.kind === 'several');
    assert.match(found.candidates[0]?.about ?? '', /^begun .*: title of ses_1$/);
  });
}

describe('the conversation of a Gemini worker', async () => {
  const gemini = await conversationsOf('gemini-cli');

  it('is the one with our id if anything was said in it, else the one that was given its task', () => {
    const { write, owner, place } = makeHome();
    const chat = (id: string, ...lines: object[]) =>
      write(
        `.gemini/tmp/repo/chats/session-2026-11-30T08-00-${id.slice(0, 8)}.jsonl`,
        { sessionId: id },
        ...lines,
      );
    chat(OURS);
    assert.deepEqual(gemini.find(owner()), { kind: 'none' });
    chat(ONE, { type: 'user', content: TASK });
    assert.deepEqual(gemini.find(owner()), { kind: 'one', id: ONE, source: 'task' });
    chat(OURS, { type: 'user', content: TASK });
    assert.deepEqual(gemini.find(owner()), { kind: 'one', id: OURS, source: 'given' });
    assert.deepEqual(gemini.openIn(OURS, place), { kind: 'unknown' });
  });
});

describe('the start that takes up a conversation', () => {
  const request: LaunchRequest = {
    worker: 'ap_1',
    run: 2,
    resumes: { id: ONE, folder: '/repo' },
    program: ['/bin/agent'],
    prompt: '--go on',
    promptMode: 'arg',
    readOnly: true,
    model: 'm-1',
    reasoningEffort: null,
    serviceTier: null,
    signal: null,
    port: null,
    versionOptions: new Set(['--no-daemon', '--session-id']),
    place: { env: {}, home: '/home/a' },
    folder: '/run/ap_1',
  };
  const launch = async (id: string, more: Partial<LaunchRequest> = {}) => {
    const agent = await runnableAgent(defaultConfig(), id);
    const { command, env } = agent.launch({ ...request, ...more });
    return { words: command.slice(1).join(' '), env };
  };

  it('has the same model and mode as the first one, and no id of its own beside the one that it takes up', async () => {
    const expected = {
      'claude-code': `--resume ${ONE} --permission-mode plan --model m-1 -- --go on`,
      'codex-cli': `resume --no-daemon -c check_for_update_on_startup=false --sandbox read-only --model m-1 -C /repo ${ONE} -- --go on`,
      'copilot-cli': `--resume=${ONE} --no-auto-update --mode plan --model m-1 --interactive=--go on`,
      'gemini-cli': `--approval-mode plan --model m-1 --resume ${ONE} --prompt-interactive=--go on`,
      'qwen-code': `--approval-mode plan --model m-1 --resume ${ONE} --prompt-interactive=--go on`,
      'grok-build': `--no-alt-screen --permission-mode plan --model m-1 --resume ${ONE} -- --go on`,
    };
    for (const [id, words] of Object.entries(expected)) assert.equal((await launch(id)).words, words, id);
    for (const id of ['opencode', 'kilo']) {
      const { words } = await launch(id, { promptMode: 'send_after_launch' });
      assert.equal(words, `--session ${ONE} --model m-1`, id);
    }
    const kimi = await launch('kimi-code', { promptMode: 'send_after_launch' });
    assert.equal(kimi.words, `--plan --model m-1 --session ${ONE}`);
  });

  it('switches off the menu of Claude that offers a summary, and only then', async () => {
    const name = 'CLAUDE_CODE_RESUME_TOKEN_THRESHOLD';
    assert.ok(Number((await launch('claude-code')).env[name]) > 1e8);
    const { resumes: _, ...first } = request;
    const agent = await runnableAgent(defaultConfig(), 'claude-code');
    assert.ok(!(name in agent.launch(first).env));
  });

  it('gives a new conversation of a later run an id of its own', async () => {
    const { resumes: _, ...begun } = request;
    for (const id of ['claude-code', 'copilot-cli', 'gemini-cli']) {
      const words = (await runnableAgent(defaultConfig(), id)).launch(begun).command;
      assert.equal(words[words.indexOf('--session-id') + 1], agentSessionId('ap_1', 2), id);
    }
    assert.notEqual(agentSessionId('ap_1', 2), agentSessionId('ap_1'));
  });

  it("is refused where the user's own command chooses a conversation, or the agent takes none up", async () => {
    for (const [id, word] of [
      ['claude-code', '--continue'],
      ['codex-cli', 'resume'],
      ['opencode', '-s'],
    ] as const)
      await assert.rejects(launch(id, { program: ['/bin/agent', word] }), { code: 'INVALID_REQUEST' });
    await assert.rejects(launch('cursor-cli'), /cannot take up a conversation again/);
  });
});

describe('an agent that does not have the conversation', () => {
  const lastWords = {
    'claude-code': [
      `No conversation found with session ID: ${ONE}`,
      `Error: Session ID ${ONE} is already in use.`,
    ],
    'codex-cli': [`ERROR: No saved session found with ID ${ONE}.`],
    'copilot-cli': [`Error: No session, task, or name matched '${ONE}'.`],
    opencode: ['Error: Session not found'],
    kilo: ['Error: Session not found: ses_1'],
  };

  for (const [id, screens] of Object.entries(lastWords))
    it(`ends with an error that is recognised: ${id}`, () => {
      const rules = packagedRules(id);
      for (const words of screens) {
        const { label, rule } = classify(screenFromText(words), rules);
        assert.deepEqual([label, rule], ['error', 'resume-failed'], words);
      }
    });
});
