import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openSqlite } from '../../../events/store/connection.ts';
import { Postgres, withoutPostgres } from '../../../fleet/testing/postgres.ts';
import { until } from '../../../lib/testing/until.ts';
import { killed } from '../../testing/home.ts';
import { type MachineHome, type Machines, twoMachines } from './testing/two-machines.ts';

const TMUX = execFileSync('sh', ['-c', 'command -v tmux'], { encoding: 'utf8' }).trim();

/** A tmux that kills the watcher that calls it with the word in the file `kill`, before or after it did so. */
const tmuxThatKills = (folder: string) => `#!/bin/sh
[ -e ${folder}/kill ] || exec ${TMUX} "$@"
read -r word moment < ${folder}/kill
case "$*" in *"$word"*) ;; *) exec ${TMUX} "$@" ;; esac
ps -o args= -p $PPID | grep -q 'watcher run' || exec ${TMUX} "$@"
rm ${folder}/kill
[ $moment = after ] && ${TMUX} "$@"
kill -9 $PPID
`;

function withTmuxThatKills(desk: MachineHome): void {
  const bin = join(desk.ground, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'tmux'), tmuxThatKills(desk.ground));
  chmodSync(join(bin, 'tmux'), 0o755);
  desk.env.PATH = `${bin}:${desk.env.PATH}`;
}

const server = await Postgres.start();
// What is started in a hook ends with that hook.
const machines = withoutPostgres
  ? null
  : await twoMachines(server, (desk) => {
      desk.accepts(['send', 'answer', 'terminate', 'spawn']);
      withTmuxThatKills(desk);
    });

type Kill = () => Promise<unknown>;

describe(
  'a watcher that is killed while it does what another machine asks for',
  {
    skip: withoutPostgres,
  },
  () => {
    const { laptop, desk } = machines ?? ({} as Machines);

    /** Kills the watcher at a call of tmux. */
    const atCall = (word: string, moment: 'before' | 'after') => {
      const file = join(desk.ground, 'kill');
      writeFileSync(file, `${word} ${moment}\n`);
      return () => until('the watcher to be killed', () => !existsSync(file) && desk.watcherPid() === null);
    };

    /** What the laptop gets for a command during which the watcher of the desk is killed, and started again. */
    // biome-ignore lint/suspicious/noExplicitAny: what the command prints
    async function whileKilled(words: readonly string[], kill: Kill): Promise<any> {
      const printed = laptop.json(words, { wholeProcess: true });
      await kill();
      const run = desk.start(['watcher', 'run']);
      run.stdout?.resume();
      run.stderr?.resume();
      return printed;
    }

    /** A worker of the desk that waits for a message, and is known at the laptop. */
    async function waiting(): Promise<string> {
      const before = desk.messages().length;
      const id = await desk.spawn('witness');
      await until('its task', () => desk.messages().length > before);
      await laptop.knows(id);
      return id;
    }

    /** Every request that was accepted has one outcome. */
    function assertOnce(): void {
      const accepted = desk.eventsOf('steering.accepted').map(({ data }) => data.request_id);
      const done = desk.eventsOf('steering.carried_out').map(({ data }) => data.request_id);
      assert.deepEqual(done, [...new Set(accepted)]);
    }

    it('has typed nothing, and says so, if it was still waiting to type', async () => {
      const id = await waiting();
      // Another caller types into the worker.
      const typing = join(desk.folder, 'run', 'typing');
      mkdirSync(typing, { recursive: true });
      const lock = openSqlite(join(typing, `${id}.lock`), { timeout: 0 });
      lock.exec('BEGIN IMMEDIATE');
      const printed = await whileKilled(['send', id, 'never typed'], async () => {
        await until('the decision', () => desk.steering().at(-1) === 'steering.accepted');
        await killed(desk.watcherPid() ?? 0);
        lock.close();
      });
      assert.equal(printed.error?.code, 'FLEET_STEERING_CUT_SHORT', JSON.stringify(printed));
      assert.match(printed.error.message, /^Not carried out: .* nothing was typed\.$/);
      assert.deepEqual(desk.eventsOf('worker.message_sent', id), []);
      assert.equal(desk.messages().includes('never typed'), false);
      assertOnce();
    });

    for (const [word, moment, delivery] of [
      ['paste-buffer', 'before', 'unproven'],
      ['paste-buffer', 'after', 'unproven'],
      ['send-keys', 'after', 'delivered'],
    ] as const)
      it(`${moment} ${word} has sent a message at most once, and says what became of it`, async () => {
        const id = await waiting();
        const text = `${moment} ${word}`;
        const printed = await whileKilled(['send', id, text], atCall(word, moment));
        assert.equal(printed.delivery, delivery, JSON.stringify(printed));
        assert.equal(printed.machine, 'desk');
        const arrived = desk.messages().filter((message) => message === text);
        assert.equal(arrived.length, delivery === 'delivered' ? 1 : 0);
        assertOnce();
      });

    for (const moment of ['before', 'after'] as const)
      it(`${moment} the terminal is there has started a worker at most once`, async () => {
        const words = ['spawn', '--machine', 'desk', '--provider', 'fake-question', '--repo', desk.repo];
        const task = `Find the parser, ${moment}`;
        const printed = await whileKilled([...words, '--task', task], atCall('source-file', moment));
        const [session, ...others] = desk.sessions().filter((each) => each.task === task);
        assert.deepEqual(others, []);
        if (moment === 'after') assert.equal(printed.session_id, session?.id, JSON.stringify(printed));
        else assert.ok(printed.error, JSON.stringify(printed));
        assert.equal(session?.alive, moment === 'after' ? 1 : 0);
        assertOnce();
      });

    it('has ended a worker, and says so', async () => {
      const id = await waiting();
      const printed = await whileKilled(['terminate', id], atCall('kill-server', 'before'));
      assert.equal(printed.state, 'CANCELLED', JSON.stringify(printed));
      assert.equal(desk.session(id).alive, 0);
      assert.deepEqual(desk.processesOf(id), []);
      assertOnce();
    });
  },
);
