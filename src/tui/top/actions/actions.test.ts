// What the keys do, in the built dashboard in a real terminal, to its effect in the ledger.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Terminal } from '../../../cli/testing/terminal.ts';
import { pidsWithVariable, processEntry } from '../../../lib/process/process-table.ts';
import { until } from '../../../lib/testing/until.ts';
import { Home } from '../../../workers/testing/home.ts';

/** The keys that the fake agent was pressed. */
const KEYS = join(tmpdir(), `ap-keys-${process.pid}`);

const home = new Home({
  agents: [
    { id: 'idle', program: 'fake-idle' },
    { id: 'turn', program: 'fake-turn', env: { FAKE_KEYS: KEYS } },
    { id: 'asks-again', program: 'fake-repeat-question' },
    { id: 'asks-twice', program: 'fake-menu', env: { FAKE_MENU: 'twice' } },
  ],
  config: { policy: { max_parallel_sessions: 30 } },
});
const terminal = new Terminal(home, { cols: 120, rows: 32 });

/** Shows only the workers whose task has this word, and selects the first of them; `sign` is that of its state. */
async function select(word: string, sign = '.'): Promise<void> {
  terminal.press('/');
  terminal.press('C-u');
  terminal.press('-l', word);
  terminal.press('Enter');
  // Drawn in this state: what a key does depends on what is shown.
  await terminal.shows(new RegExp(`▸${sign} .*${word}`));
}

const spawned = async (provider: string, word: string, ...more: string[]): Promise<string> => {
  const id = await home.spawn(provider, '--task', `Task ${word}`, ...more);
  await terminal.shows(/WORKERS/);
  return id;
};

/** Escape, and the keys after it no earlier than when the dialog is gone: together they would be one key with Alt. */
async function leave(title: string): Promise<void> {
  terminal.press('Escape');
  await until(
    `no ${title}`,
    () => !terminal.screen().includes(title),
    () => terminal.screen(),
  );
}

const ends = (id: string) => home.run(['terminate', id]);

before(async () => {
  terminal.type('top');
  await terminal.shows(/WORKERS/);
});

after(() => rmSync(KEYS, { force: true }));

describe('the key s', () => {
  it('sends a message of several lines', async () => {
    const id = await spawned('idle', 'apricot');
    await home.reaches(id, 'IDLE');
    await select('apricot', '○');
    terminal.press('s');
    await terminal.shows(new RegExp(`Send to ${id}`));
    terminal.press('-l', 'one');
    terminal.press('M-Enter');
    terminal.press('-l', 'two');
    terminal.press('Enter');
    await terminal.shows(new RegExp(`delivered to ${id}`));
    const [sent] = home.eventsOf('worker.message_sent', id);
    assert.equal(sent?.data.text, 'one\ntwo');
    await ends(id);
  });

  it('answers a question that was seen, and sends nothing to another one', async () => {
    const id = await spawned('asks-again', 'banana');
    await home.reaches(id, 'AWAITING_USER_INPUT');
    const asked = home.eventsOf('worker.transitioned', id).length;
    await select('banana');
    terminal.press('s');
    await terminal.shows(new RegExp(`Send to ${id}`));
    await terminal.shows(/QUESTION/);
    terminal.press('-l', 'the answer');
    // Another process answers, and the worker asks the same again.
    await home.run(['send', id, 'an earlier answer']);
    await until('the next question', () => home.eventsOf('worker.transitioned', id).length > asked);
    await home.reaches(id, 'AWAITING_USER_INPUT');
    terminal.press('Enter');
    await terminal.shows(/Nothing was sent: it asks something else now/);
    const sent = () => home.eventsOf('worker.message_sent', id).map(({ data }) => data.text);
    assert.deepEqual(sent(), ['an earlier answer']);
    // The text is kept, and answers what is seen now.
    terminal.press('Enter');
    await terminal.shows(new RegExp(`delivered to ${id}`));
    assert.deepEqual(sent(), ['an earlier answer', 'the answer']);
    await ends(id);
  });
});

describe('the key a', () => {
  it('approves the command that was shown, and no other one with the same choices', async () => {
    const id = await spawned('asks-twice', 'avocado');
    await home.reaches(id, 'AWAITING_APPROVAL');
    await select('avocado', '!');
    terminal.press('a');
    const asked = await terminal.shows(/Answer: Task avocado/);
    assert.match(asked, /│ +npm test/);
    // Another process answers, and the worker asks about another command in the same words.
    await home.run(['answer', id, '--choice', '1']);
    await terminal.shows(/npm publish/);
    terminal.press('1', 'Enter');
    await terminal.shows(/Nothing was sent: it asks something else now/);
    assert.equal(home.eventsOf('worker.keys_sent', id).length, 1);
    terminal.press('a');
    // The worker's screen shows the command beside the dialog, and before it.
    assert.match(await terminal.shows(/Answer: Task avocado/), /│ +npm publish/);
    await leave('Answer: Task avocado');
    await ends(id);
  });
});

describe('what is typed before a dialog is shown', () => {
  it('is the beginning of a text, and takes no choice', async () => {
    const id = await spawned('idle', 'blueberry');
    await home.reaches(id, 'IDLE');
    await select('blueberry', '○');
    terminal.press('-l', 'squick');
    await terminal.shows(/│ quick +│/);
    await leave('Send to');
    // A text that was left is there again.
    terminal.press('s');
    await terminal.shows(/│ quick +│/);
    await leave('Send to');
    terminal.press('-l', 'xx');
    await terminal.shows(new RegExp(`End ${id}`));
    await leave(`End ${id}`);
    assert.equal(home.session(id).alive, 1);
    await ends(id);
  });
});

describe('the key i', () => {
  it('interrupts the turn', async () => {
    const id = await spawned('turn', 'damson');
    await home.reaches(id, 'RUNNING');
    await select('damson');
    // Before its program reads keys, the key would end it.
    await terminal.shows(/Working \d/);
    terminal.press('i');
    await until(
      'the keys',
      () => home.eventsOf('worker.interrupted', id).length > 0 || null,
      () => terminal.screen(),
    );
    await terminal.shows(/stopped its turn|pressed/);
    await ends(id);
  });
});

describe('the key x', () => {
  it('asks, and ends the worker that was shown although the list has changed meanwhile', async () => {
    const id = await spawned('idle', 'elderberry');
    await home.reaches(id, 'IDLE');
    await select('elderberry');
    terminal.press('x');
    await terminal.shows(new RegExp(`End ${id}`));
    // A worker that needs a person is sorted before the one in question.
    const other = await home.spawn('fake-question', '--task', 'Task elderberry two');
    await home.reaches(other, 'AWAITING_USER_INPUT');
    await terminal.shows(/1 needs you/);
    terminal.press('x');
    await terminal.shows(new RegExp(`ended ${id}`));
    assert.deepEqual([home.session(id).alive, home.session(other).alive], [0, 1]);
    await ends(other);
  });

  it('ends nothing without a yes', async () => {
    const id = await spawned('idle', 'fig');
    await home.reaches(id, 'IDLE');
    await select('fig');
    terminal.press('x');
    await terminal.shows(new RegExp(`End ${id}`));
    terminal.press('Enter');
    await until('the question to be gone', () => !terminal.screen().includes(`End ${id}`));
    assert.equal(home.session(id).alive, 1);
    await ends(id);
  });
});

describe('the key p', () => {
  it('resumes a worker whose process is gone, with a new task', async () => {
    const id = await spawned('fake-resume', 'grape');
    await home.reaches(id, 'COMPLETED', 'IDLE');
    await ends(id);
    await select('grape');
    terminal.press('4');
    await terminal.shows(/its process is gone/);
    terminal.press('1', 'p');
    await terminal.shows(new RegExp(`Resume ${id}`));
    terminal.press('2', 'Enter');
    await terminal.shows(/The next task of/);
    terminal.press('-l', 'say pomegranate');
    terminal.press('Enter');
    await terminal.shows(/goes on as run 2/);
    assert.equal(home.session(id).run, 2);
    await ends(id);
  });

  it('lets a parked worker go on at once', async () => {
    const id = await spawned('fake-limit-wait', 'huckleberry, resets in 3600 s', '--on-limit', 'wait');
    await home.reaches(id, 'PARKED');
    await select('huckleberry', '‖');
    terminal.press('p');
    await terminal.shows(new RegExp(`${id} waits for its limit`));
    terminal.press('1', 'Enter');
    await terminal.shows(new RegExp(`${id} goes on|could not go on`));
    assert.ok(home.eventsOf('worker.message_sent', id).some(({ data }) => data.continuation));
    await ends(id);
  });

  it('ends the wait of a parked worker', async () => {
    const id = await spawned('fake-limit-wait', 'lychee, resets in 3600 s', '--on-limit', 'wait');
    await home.reaches(id, 'PARKED');
    await select('lychee', '‖');
    terminal.press('p');
    await terminal.shows(new RegExp(`${id} waits for its limit`));
    terminal.press('2', 'Enter');
    await terminal.shows(/does not wait any more/);
    assert.equal(home.eventsOf('worker.park_ended', id).at(-1)?.data.reason, 'stopped');
    await ends(id);
  });

  it('says why there is nothing to wait for', async () => {
    const id = await spawned('idle', 'jackfruit');
    await home.reaches(id, 'IDLE');
    await select('jackfruit', '○');
    terminal.press('p');
    await terminal.shows(/No limit of idle is known to be reached/);
    await ends(id);
  });
});

describe('the key h', () => {
  it('hands the work over to an agent that is chosen', async () => {
    const id = await spawned('idle', 'kiwi', '--isolation', 'worktree', '--role', 'implementer');
    await home.reaches(id, 'IDLE');
    await select('kiwi');
    terminal.press('h');
    await terminal.shows(/which agent/);
    terminal.press('2', 'Enter');
    await terminal.shows(/goes on with .* in the same folder/);
    terminal.press('h');
    await terminal.shows(/goes on with the work of/);
    const { successor } = home.session(id);
    assert.ok(successor);
    assert.equal(home.session(successor).provider_id, 'turn');
    await ends(successor);
  });
});

describe('the key c', () => {
  it('collects the work', async () => {
    const id = await spawned('fake-patch', 'lemon', '--isolation', 'worktree', '--role', 'implementer');
    await home.reaches(id, 'COMPLETED');
    await select('lemon');
    terminal.press('c');
    await terminal.shows(/changed files?, result present/);
    assert.equal(home.eventsOf('worker.collected', id).length, 1);
    await ends(id);
  });
});

describe('the keys d and r', () => {
  it('show the changes, the history, the film, and write a page', async () => {
    const id = await spawned('fake-patch', 'mango', '--isolation', 'worktree', '--role', 'implementer');
    await home.reaches(id, 'COMPLETED');
    await select('mango');
    terminal.press('d');
    await terminal.shows(new RegExp(`Changes of ${id}[\\s\\S]*\\+\\d`));
    await leave(`Changes of ${id}`);
    terminal.press('r');
    await terminal.shows(new RegExp(`Replay ${id}`));
    terminal.press('3', 'Enter');
    await terminal.shows(new RegExp(`What happened to ${id}`));
    await leave(`What happened to ${id}`);
    terminal.press('r');
    await terminal.shows(new RegExp(`Replay ${id}`));
    terminal.press('2', 'Enter');
    await terminal.shows(/A file that does not exist yet/);
    terminal.press('Enter');
    await terminal.shows(new RegExp(`in .*${id}\\.html`));
    const page = join(home.repo, `${id}.html`);
    assert.ok(existsSync(page));
    assert.match(readFileSync(page, 'utf8'), /Content-Security-Policy/);
    terminal.press('r');
    await terminal.shows(new RegExp(`Replay ${id}`));
    terminal.press('1', 'Enter');
    await until(
      'the film',
      () => !/WORKERS/.test(terminal.screen()),
      () => terminal.screen(),
    );
    terminal.press('q');
    await terminal.shows(/WORKERS/);
    await ends(id);
  });
});

describe('the key n', () => {
  it('starts a worker with the agent and the task of the person', async () => {
    terminal.press('n');
    await terminal.shows(/New worker: which agent/);
    terminal.press('1', 'Enter');
    const places = await terminal.shows(/what may it change/);
    assert.match(places, /files in this folder +config\.yaml forbids it/);
    terminal.press('Enter');
    await terminal.shows(/The task of idle/);
    terminal.press('-l', 'Task nectarine');
    terminal.press('Enter');
    await terminal.shows(/ap_\w+ runs/);
    const made = home.sessions().at(-1);
    assert.deepEqual(
      [made?.task, made?.provider_id, made?.isolation, made?.repo_path],
      ['Task nectarine', 'idle', 'read_only', home.repo],
    );
    await ends(made?.id ?? '');
  });
});

describe('the key Enter', () => {
  it('attaches to the worker, and comes back', async () => {
    const id = await spawned('idle', 'olive');
    await home.reaches(id, 'IDLE');
    await select('olive', '○');
    terminal.press('Enter');
    await until(
      'the terminal of the worker',
      () => !/WORKERS/.test(terminal.screen()) && /Message 1 noted/.test(terminal.screen()),
    );
    terminal.press('-l', 'by hand');
    terminal.press('Enter');
    await terminal.shows(/Message 2 noted/);
    terminal.press('C-b', 'd');
    await terminal.shows(/WORKERS/);
    await terminal.shows(new RegExp(`left ${id}`));
    assert.equal(home.session(id).alive, 1);
    // The keys work as before.
    terminal.press('d');
    await terminal.shows(/Changes of/);
    await leave('Changes of');
    await ends(id);
  });

  it('closes the terminal of the worker when the dashboard is ended, which gives its own back', async () => {
    const other = new Terminal(home, { cols: 100, rows: 24 });
    const id = await spawned('idle', 'papaya');
    await home.reaches(id, 'IDLE');
    const pids = () => [...pidsWithVariable('AGENTPOOL_HOME', home.folder)];
    const isDashboard = (pid: number) => processEntry(pid)?.command.endsWith('main.js top') === true;
    const before = pids().filter(isDashboard);
    other.type('top');
    await other.shows(/WORKERS/);
    other.press('/');
    other.press('-l', 'papaya');
    other.press('Enter');
    await other.shows(/▸○ .*papaya/);
    other.press('Enter');
    // Its answers to what tmux asks of a terminal have been read by then.
    await until(
      'the terminal of the worker',
      () => !/WORKERS/.test(other.screen()) && /Message 1 noted/.test(other.screen()),
    );
    const pid = pids().find((each) => isDashboard(each) && !before.includes(each));
    assert.ok(pid);
    process.kill(pid, 'SIGTERM');
    assert.equal(await other.exits(), 143);
    assert.equal(home.session(id).alive, 1);
    await ends(id);
  });
});
