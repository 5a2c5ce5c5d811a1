import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { packageRoot } from '../../../lib/package-root.ts';
import { until } from '../../../lib/testing/until.ts';
import { Home } from '../../testing/home.ts';

const BOX = join(packageRoot(), 'fixtures', 'agents', 'fake-box.mjs');

/** A home in which a provider is the fake box; `messages` are what was submitted to it. */
function boxed(provider: string, env: Record<string, string> = {}, more: object = {}) {
  const policy = { max_parallel_sessions: 50, ...more };
  const home = new Home({
    config: { policy, providers: { [provider]: { command: [process.execPath, BOX] } } },
  });
  const file = () => join(home.ground, 'messages');
  Object.assign(home.env, env);
  const start = async (...options: string[]): Promise<string> => {
    home.env.FAKE_MESSAGES = file();
    writeFileSync(file(), '');
    const id = await home.spawn(provider, '--initial-prompt-mode', 'send_after_launch', ...options);
    await until('its box', () =>
      home.tmux(id, 'capture-pane', '-p', '-t', home.session(id).tmux_pane)?.includes('ready'),
    );
    return id;
  };
  const messages = (): string[] =>
    readFileSync(file(), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as string);
  const has = (name: string) => existsSync(join(home.repo, name));
  return { home, start, messages, has };
}

const STOP = 'Stop. Do not run that';

describe('a message at a dialog that no rule knows', () => {
  for (const [dialog, provider] of [
    ['enter', 'claude-code'],
    ['keys', 'codex-cli'],
    ['filter', 'claude-code'],
    ['filter', 'codex-cli'],
  ] as const) {
    it(`and that ${dialog} answers in ${provider}, grants nothing and is unproven with the reason`, async () => {
      const { home, start, messages } = boxed(provider, { FAKE_DIALOG: dialog });
      const id = await start();
      for (const text of [STOP, `${STOP}\nRead the tests\nfirst`]) {
        const sent = await home.json(['send', id, text]);
        assert.equal(sent.delivery ?? sent.error?.code, 'unproven', JSON.stringify(sent));
        assert.match(sent.reason, /nothing was typed|not seen in the input box/);
      }
      assert.deepEqual(messages(), []);
    });
  }

  it('is not submitted by force either, where the dialog takes no text', async () => {
    const { home, start, messages } = boxed('claude-code', { FAKE_DIALOG: 'enter' });
    const id = await start();
    assert.equal((await home.json(['send', id, STOP, '--force'])).delivery, 'unproven');
    assert.deepEqual(messages(), []);
  });
});

describe('a message to a box that shows nothing', () => {
  it('is taken back: what is typed next is not joined to it', async () => {
    const { home, start, messages } = boxed('claude-code', { FAKE_DIALOG: 'none' });
    const id = await start();
    for (const text of ['first\nwith two lines', 'second'])
      assert.match((await home.json(['send', id, text, '--force'])).reason, /taken back/);
    home.tmux(id, 'send-keys', '-t', home.session(id).tmux_pane, 'Enter');
    assert.deepEqual(messages(), []);
  });
});

describe('a text that an input box takes for itself', () => {
  it('arrives as words in Claude Code where a blank is enough, and is refused where it is not', async () => {
    const { home, start, messages, has } = boxed('claude-code');
    const id = await start('--task', '!touch from-a-task');
    await until('the task', () => messages().length === 1);
    assert.match(messages()[0] ?? '', /^Task: !touch from-a-task\n/);
    for (const text of ['!touch one', ' !touch two', '\n!touch three']) {
      assert.equal((await home.json(['send', id, text])).delivery, 'delivered', text);
      assert.equal(messages().at(-1)?.trim(), text.trim());
    }
    for (const name of ['from-a-task', 'one', 'two', 'three']) assert.equal(has(name), false, name);
    for (const text of ['/compact', ' /compact now', 'exit', 'quit '])
      assert.equal(await home.refused(['send', id, text]), 'TEXT_IS_A_COMMAND', text);
    assert.equal((await home.json(['send', id, '/etc/hosts is the file'])).delivery, 'delivered');
  });

  it('is one message that ends with a backslash or in a word with @', async () => {
    const { home, start, messages } = boxed('claude-code');
    const id = await start();
    await until('the task', () => messages().length === 1);
    for (const text of ['It is in C:\\Users\\me\\', 'read @a', 'and then the tests'])
      assert.equal((await home.json(['send', id, text])).delivery, 'delivered', text);
    const arrived = messages()
      .slice(1)
      .map((text) => text.trim());
    assert.deepEqual(arrived, ['It is in C:\\Users\\me\\', 'read @a', 'and then the tests']);
  });

  it('is refused where the box runs it in spite of a blank', async () => {
    const { home, start, messages } = boxed('copilot-cli');
    const id = await start();
    await until('the task', () => messages().length === 1);
    const { error } = await home.json(['send', id, ' !touch one']);
    assert.equal(error.code, 'TEXT_IS_A_COMMAND');
    assert.match(error.message, /shell command.*Put a word before it/);
    assert.equal(messages().length, 1);
  });

  it('is a command for a person who means it, and no shell command in a read_only worker', async () => {
    const { home, start, messages, has } = boxed('claude-code');
    const reading = await start();
    await until('the task', () => messages().length === 1);
    assert.equal((await home.json(['send', reading, '--command', '/compact'])).delivery, 'delivered');
    assert.equal(messages().at(-1), '/compact');
    for (const text of ['!touch one', ' !touch one'])
      assert.equal(await home.refused(['send', reading, '--command', text]), 'SHELL_IN_READ_ONLY');
    assert.equal(await home.refused(['send', reading, 'words', '--command', '/compact']), 'INVALID_REQUEST');
    assert.equal(has('one'), false);
  });
});

describe('two texts that are sent at the same moment', () => {
  it('arrive one by one, and every caller has the right answer', async () => {
    const { home, start, messages } = boxed('claude-code');
    const id = await start();
    await until('the task', () => messages().length === 1);
    const texts = Array.from({ length: 5 }, (_, index) => `text number ${index}`);
    const sent = await Promise.all(
      texts.map((text) => home.json(['send', id, text], { wholeProcess: true })),
    );
    assert.deepEqual(
      sent.map(({ delivery, error }) => delivery ?? error),
      texts.map(() => 'delivered'),
    );
    assert.deepEqual(messages().slice(1).toSorted(), texts);
    // The log has them in the order in which they were typed.
    const logged = home.eventsOf('worker.message_sent', id).map(({ data }) => data.text);
    assert.deepEqual(logged, messages().slice(1));
  });
});
