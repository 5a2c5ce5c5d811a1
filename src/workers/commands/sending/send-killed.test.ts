import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { packageRoot } from '../../../lib/package-root.ts';
import { until } from '../../../lib/testing/until.ts';
import { Home } from '../../testing/home.ts';

/**
 * When the sender is killed: before one of its calls of tmux, after it, or so that tmux runs the call when the sender is
 * long gone. `typing`: at the call that types, which tmux runs once the file `free` is there.
 */
type Moment = 'before' | 'after' | 'late' | 'typing';

/**
 * A tmux that kills a `send` that calls it, at the call whose number the file `kill` counts down to. `free` kills none:
 * there, the call of another that waits is run first.
 */
const tmuxThatKills = (folder: string, real: string) => `#!/bin/sh
[ -e ${folder}/kill ] && ps -o args= -p $PPID | grep -q ' send ' || exec ${real} "$@"
read -r left moment < ${folder}/kill
case "$moment $*" in typing*load-buffer*) ;; typing*) exec ${real} "$@" ;; esac
if [ $left -gt 1 ]; then echo $((left - 1)) $moment > ${folder}/kill; exec ${real} "$@"; fi
rm ${folder}/kill
case $moment in
  before) kill -9 $PPID ;;
  after) ${real} "$@"; kill -9 $PPID ;;
  late) kill -9 $PPID; sleep 0.3; exec ${real} "$@" ;;
  typing)
    cat > ${folder}/text; kill -9 $PPID
    until [ -e ${folder}/free ]; do sleep 0.01; done
    ${real} "$@" < ${folder}/text; echo $? > ${folder}/ran; mv ${folder}/ran ${folder}/late ;;
  free)
    touch ${folder}/free
    until [ -e ${folder}/late ]; do sleep 0.01; done
    exec ${real} "$@" ;;
esac
`;

const TMUX = execFileSync('sh', ['-c', 'command -v tmux'], { encoding: 'utf8' }).trim();

const agents = (name: string) => join(packageRoot(), 'fixtures', 'agents', name);
const READER = join(packageRoot(), 'src', 'terminal', 'testing', 'reader.mjs');

/** A worker whose messages are read from a file, and whose senders are killed at a call of tmux. */
class Victim {
  readonly home: Home;
  readonly #provider: string;
  id = '';
  #killed = 0;

  constructor(provider: string, config: (file: string) => Record<string, unknown>) {
    this.#provider = provider;
    this.home = new Home();
    const { home } = this;
    const policy = { max_parallel_sessions: 50 };
    home.configure([], { policy, ...config(this.#file) });
    // What Home writes last, so that the providers of the test stay.
    writeFileSync(
      join(home.folder, 'config.yaml'),
      JSON.stringify({ version: 1, policy, ...config(this.#file) }),
    );
    const bin = join(home.ground, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'tmux'), tmuxThatKills(home.ground, TMUX));
    chmodSync(join(bin, 'tmux'), 0o755);
    home.env.PATH = `${bin}:${home.env.PATH}`;
    home.env.FAKE_MESSAGES = this.#file;
  }

  get #file(): string {
    return join(this.home.ground, 'messages');
  }

  messages(): string[] {
    return existsSync(this.#file)
      ? readFileSync(this.#file, 'utf8')
          .split('\n')
          .filter(Boolean)
          .map((line) => (JSON.parse(line) as string).trim())
      : [];
  }

  async start(): Promise<void> {
    this.id = await this.home.spawn(this.#provider, '--initial-prompt-mode', 'arg');
    const { tmux_pane } = this.home.session(this.id);
    await until('its box', () =>
      this.home.tmux(this.id, 'capture-pane', '-p', '-t', tmux_pane)?.includes('ready'),
    );
  }

  /** Kills a send at its `call`-th call of tmux; false if it made fewer. */
  async killAt(call: number, moment: Moment, text: string): Promise<boolean> {
    const file = join(this.home.ground, 'kill');
    writeFileSync(file, `${call} ${moment}\n`);
    const { signal } = await this.home.run(['send', this.id, text], { wholeProcess: true });
    rmSync(file, { force: true });
    return signal === 'SIGKILL';
  }

  /**
   * Kills a send at the call that types, and sends another message, at whose `call`-th call tmux runs the first one;
   * after it, if it makes fewer: then returns false.
   */
  async typesLate(call: number): Promise<boolean> {
    const { home, id } = this;
    const [kill, free, late] = ['kill', 'free', 'late'].map((name) => join(home.ground, name));
    assert.ok(kill && free && late);
    for (const file of [free, late]) rmSync(file, { force: true });
    const number = ++this.#killed;
    const [first, second] = [`late ${number}`, `next ${number}`];
    const before = this.messages().length;
    assert.ok(await this.killAt(1, 'typing', first), 'it was not killed');
    writeFileSync(kill, `${call} free\n`);
    const sent = await home.json(['send', id, second], { wholeProcess: true });
    const isDuring = existsSync(free);
    rmSync(kill, { force: true });
    writeFileSync(free, '');
    await until('the late call', () => existsSync(late));
    const at = `${isDuring ? `before call ${call}` : 'after it'}: ${JSON.stringify(sent)}`;
    assert.equal(sent.delivery, 'delivered', at);
    assert.deepEqual(this.messages().slice(before), [second], at);
    const { tmux_pane } = home.session(id);
    assert.doesNotMatch(home.tmux(id, 'capture-pane', '-p', '-t', tmux_pane) ?? '', new RegExp(first), at);
    const buffers = () => home.tmux(id, 'list-buffers', '-F', '#{buffer_name}') ?? '';
    await until('its text to be forgotten', () => !/typing/.test(buffers()));
    const intent = home.eventsOf('worker.message_sent', id).find(({ data }) => data.text === first);
    const outcome = home
      .eventsOf('worker.message_delivered', id)
      .find(({ data }) => data.sent_event_id === intent?.event_id);
    assert.equal(outcome?.data.delivery, 'unproven', at);
    assert.match(outcome?.data.reason ?? '', /never (?:typed|submitted)/, at);
    return isDuring;
  }

  /** Kills a send at one moment, sends another message, and checks what has become of both. */
  async holds(call: number, moment: Moment, shape: string): Promise<boolean> {
    const number = ++this.#killed;
    const [first, second] = [`first ${number}: ${shape}`, `second ${number}: ${shape}`];
    const before = this.messages().length;
    if (!(await this.killAt(call, moment, first))) return false;
    const sent = await this.home.json(['send', this.id, second]);
    const at = `killed ${moment} call ${call}: ${JSON.stringify(sent)}`;
    assert.equal(sent.delivery, 'delivered', at);
    const arrived = this.messages().slice(before);
    assert.equal(arrived.at(-1), second, at);
    const wasDelivered = arrived.length === 2;
    assert.deepEqual(arrived, wasDelivered ? [first, second] : [second], at);
    const intent = this.home.eventsOf('worker.message_sent', this.id).find(({ data }) => data.text === first);
    if (!intent) return true;
    const outcomes = this.home
      .eventsOf('worker.message_delivered', this.id)
      .filter(({ data }) => data.sent_event_id === intent.event_id);
    assert.deepEqual(
      outcomes.map(({ data }) => data.delivery),
      [wasDelivered ? 'delivered' : 'unproven'],
      at,
    );
    const [{ data } = { data: { reason: null } }] = outcomes;
    if (!wasDelivered) assert.match(data.reason ?? '', /never typed|never submitted/, at);
    if (sent.earlier) assert.equal(sent.earlier.event_id, intent.position, at);
    return true;
  }
}

/** A send looks at the screen, types and submits, each by one call at least. It does not wait until its text is forgotten. */
const FEWEST_CALLS = 3;
describe('a send that is killed at a call of tmux', () => {
  const kinds: [string, string, Moment, Victim][] = [
    [
      'in the box of an agent',
      'look\nat a.txt\n\nand more',
      'after',
      new Victim('claude-code', () => ({
        providers: { 'claude-code': { command: [process.execPath, agents('fake-box.mjs')] } },
      })),
    ],
    [
      'in a box of which nothing is known',
      'two\nlines',
      'late',
      new Victim('boxed', (file) => ({
        custom_providers: [{ id: 'boxed', command: [process.execPath, READER, 'box', file] }],
      })),
    ],
    [
      'in a program that reads lines',
      'one line',
      'before',
      new Victim('lines', (file) => ({
        custom_providers: [{ id: 'lines', command: [process.execPath, READER, 'lines', file] }],
      })),
    ],
  ];
  for (const [where, shape, moment, victim] of kinds) {
    it(`${moment === 'late' ? 'that follows later' : `${moment} it`}, ${where}, is settled by the next send, which arrives as it was sent`, async () => {
      await victim.start();
      let call = 1;
      while (await victim.holds(call, moment, shape)) call++;
      assert.ok(call > FEWEST_CALLS, `only ${call - 1} calls`);
    });
  }

  for (const [where, , , victim] of [kinds[0], kinds[1]].filter((kind) => kind !== undefined))
    it(`that types, ${where}, types nothing once the next send has begun`, async () => {
      let call = 1;
      while (await victim.typesLate(call)) call++;
      assert.ok(call > FEWEST_CALLS, `only ${call - 1} calls`);
    });

  it('is settled by the watcher if nothing is sent after it', async () => {
    const [, , , victim] = kinds[0] ?? assert.fail();
    const { home, id } = victim;
    for (let call = 1; ; call++) {
      if (!(await victim.killAt(call, 'after', `alone ${call}`))) assert.fail('no intent was recorded');
      const sent = home.eventsOf('worker.message_sent', id).find(({ data }) => data.text === `alone ${call}`);
      if (!sent) continue;
      await until('its outcome', () =>
        home
          .eventsOf('worker.message_delivered', id)
          .find(({ data }) => data.sent_event_id === sent.event_id && data.delivery === 'unproven'),
      );
      const { last_message } = await home.json(['session', 'show', id]);
      assert.deepEqual([last_message.event_id, last_message.delivery], [sent.position, 'unproven']);
      assert.match((await home.json(['observe', id])).warnings.join(), /never typed/);
      return;
    }
  });
});

describe('what a person has typed into the input box', () => {
  const victim = new Victim('claude-code', () => ({
    providers: { 'claude-code': { command: [process.execPath, agents('fake-box.mjs')] } },
  }));

  it('is kept, and the message is refused until it is gone', async () => {
    await victim.start();
    const { home, id } = victim;
    const pane = home.session(id).tmux_pane;
    const shows = (text: string) =>
      until(text, () => home.tmux(id, 'capture-pane', '-p', '-t', pane)?.includes(text));
    home.tmux(id, 'send-keys', '-t', pane, '-l', '--', 'words of a person');
    await shows('words of a person');
    const { error } = await home.json(['send', id, 'ours']);
    assert.equal(error.code, 'BOX_NOT_EMPTY');
    assert.match(error.message, /words of a person/);
    home.tmux(id, 'send-keys', '-t', pane, 'Enter');
    await until('its message', () => victim.messages().length === 1);
    assert.equal((await home.json(['send', id, 'ours'])).delivery, 'delivered');
    assert.deepEqual(victim.messages(), ['words of a person', 'ours']);
  });

  it('is not deleted where it is joined to what a killed send has typed', async () => {
    const { home, id } = victim;
    const pane = home.session(id).tmux_pane;
    const box = () => home.tmux(id, 'capture-pane', '-p', '-t', pane) ?? '';
    for (let call = 1; !box().includes('of a killed send'); call++) {
      assert.ok(
        await victim.killAt(call, 'after', 'text of a killed send'),
        'none had typed when it was killed',
      );
    }
    home.tmux(id, 'send-keys', '-t', pane, '-l', '--', ' and of a person');
    await until('both', () => box().includes('send and of a person'));
    assert.equal(await home.refused(['send', id, 'ours']), 'BOX_NOT_EMPTY');
    assert.match(box(), /text of a killed send and of a person/);
  });
});
