import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openSqlite } from '../../../events/store/connection.ts';
import { temporaryFolder } from '../../../lib/testing/processes.ts';
import { until } from '../../../lib/testing/until.ts';
import { historyFile, ledgerFile, ledgerHome } from '../../testing/ledger-home.ts';
import { commandLine, run } from '../../testing/run.ts';

interface Diverging {
  ok: boolean;
  workers: number;
  events: number;
  unreadable: Record<string, number>;
  divergences: {
    where: string;
    message: string;
    expected: unknown;
    actual: unknown;
    event: { id: string; position: number; type: string } | null;
  }[];
}

/** A history as `events --json` prints it, with one event changed: only the state machine can detect that, no hash. */
async function rewritten(
  name: string,
  change: (event: EventDescription, at: number) => EventDescription | null,
): Promise<string> {
  const { lines } = await run(await ledgerHome(name), ['events', '--json']);
  const events = lines<EventDescription>().flatMap((event, index) => change(event, index) ?? []);
  const file = join(temporaryFolder(), 'history.ndjson');
  writeFileSync(file, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  return file;
}

type EventDescription = { type: string; data: Record<string, unknown> };

describe('agentpool replay', () => {
  it('prints a history event by event, with times, states, evidence and messages, in 80 columns', async () => {
    const { code, stdout } = await run(await ledgerHome('question-answered'), ['replay', '@last']);
    assert.equal(code, 0);
    assert.match(stdout, / 4 {2}\d\d:00:01\.600 +1\.6 s +1\.2 s {2}\? AWAITING_USER_INPUT/);
    assert.match(stdout, /watcher: saw question on the screen/);
    assert.match(stdout, /│ Should prices be rounded per line or per order\?/);
    assert.match(stdout, / 5 .* 41\.6 s +40\.0 s {2}● RUNNING/);
    for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
  });

  it('prints the same as JSON, with the input of the state machine', async () => {
    const { json } = await run(await ledgerHome('question-answered'), ['replay', '@last', '--json']);
    const { events } = json<{ events: Record<string, unknown>[] }>();
    assert.equal(events.length, 9);
    const { before, after: then, signal, since_start_ms, since_previous_ms, divergence } = events[3] ?? {};
    assert.deepEqual(
      [before, then, since_start_ms, since_previous_ms],
      ['RUNNING', 'AWAITING_USER_INPUT', 1600, 1200],
    );
    assert.deepEqual(signal, { type: 'saw.question' });
    assert.equal(divergence, null);
  });

  it('prints no control characters that would affect the terminal', async () => {
    const file = await rewritten('question-answered', (event) =>
      event.type === 'worker.transitioned'
        ? { ...event, data: { ...event.data, evidence: ['\u001b]0;pwned\u0007\u001b[2Jhi\u202e'] } }
        : event,
    );
    const { stdout } = await run(await ledgerHome(), ['replay', '--file', file]);
    assert.match(stdout, /│ hi\n/);
    assert.doesNotMatch(stdout, /[\u001b\u0007\u202e]/);
  });

  it('finds a session by a prefix of its id, and names an unknown one', async () => {
    const home = await ledgerHome('crashed');
    const { events } = (await run(home, ['replay', 'ap_', '--json'])).json<{ events: unknown[] }>();
    assert.equal(events.length, 4);
    const unknown = await run(home, ['replay', 'ap_nope', '--json']);
    assert.equal(unknown.code, 1);
    assert.equal(unknown.json<{ error: { code: string } }>().error.code, 'TMUX_SESSION_NOT_FOUND');
  });

  it('refuses options that exclude or need each other', async () => {
    const home = await ledgerHome('crashed');
    for (const words of [
      [],
      ['@last', '--step'],
      ['@last', '--at', '3', '--verify'],
      ['--all'],
      ['@last', '--all', '--verify'],
      ['@last', '--at', 'yesterday'],
    ]) {
      const { code, json } = await run(home, ['replay', ...words, '--json']);
      assert.equal(code, 2, words.join(' '));
      assert.equal(typeof json<{ error: { message: string } }>().error.message, 'string');
    }
  });
});

describe('agentpool replay --at', () => {
  const pastOf = async (history: string, at: string) => {
    const { json } = await run(await ledgerHome(history), ['replay', '@last', '--at', at, '--json']);
    return json<{
      session: { state: string; question: string | null };
      event: { position: number; version: number };
      timeline: { state: string; exited_at: string | null }[];
      row: { alive: number };
    }>();
  };

  it('shows the worker as it was at a position, a version or a time', async () => {
    for (const at of ['4', 'v4', '2026-03-04T09:00:20Z', '+30s', '+0.5m']) {
      const { session, event, timeline, row } = await pastOf('question-answered', at);
      assert.equal(session.state, 'AWAITING_USER_INPUT', at);
      assert.equal(session.question, 'Should prices be rounded per line or per order?');
      assert.deepEqual([event.position, event.version, row.alive], [4, 4, 1]);
      assert.deepEqual(
        timeline.map(({ state }) => state),
        ['STARTING', 'READY', 'RUNNING', 'AWAITING_USER_INPUT'],
      );
      assert.equal(timeline.at(-1)?.exited_at, null);
    }
    assert.equal((await pastOf('question-answered', '999')).session.state, 'COMPLETED');
  });

  it('distinguishes a position in the whole log from a version of the worker', async () => {
    assert.equal((await pastOf('leases', '7')).event.version, 3);
    assert.ok((await pastOf('leases', 'v4')).event.position > 7);
  });

  it('reports that the worker did not exist yet', async () => {
    const words = ['replay', '@last', '--at', '2020-01-01', '--json'];
    const { code, json } = await run(await ledgerHome('crashed'), words);
    assert.equal(code, 1);
    assert.equal(json<{ error: { code: string } }>().error.code, 'BEFORE_HISTORY');
  });

  it('fits 80 columns for a person', async () => {
    const { stdout } = await run(await ledgerHome('question-answered'), ['replay', '@last', '--at', 'v4']);
    assert.match(stdout, /\? AWAITING_USER_INPUT/);
    for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
  });
});

describe('agentpool replay --verify', () => {
  const verified = async (home: string, ...words: string[]) => {
    const { code, json } = await run(home, ['replay', ...words, '--verify', '--json']);
    return { code, ...json<Diverging>() };
  };

  it('finds no divergence in an unchanged log', async () => {
    const home = await ledgerHome('leases');
    const { code, ok, divergences } = await verified(home, '@last');
    assert.deepEqual([code, ok, divergences], [0, true, []]);
    assert.match(
      (await run(home, ['replay', '@last', '--verify'])).stdout,
      /5 events of 1 worker checked again, and all is/,
    );
    const all = await verified(home, '--all');
    assert.deepEqual([all.code, all.workers, all.events], [0, 1, 13]);
  });

  it('reports a state that the machine does not produce: expected, actual, event', async () => {
    const file = await rewritten('question-answered', (event, at) =>
      at === 4 ? { ...event, data: { ...event.data, state: 'IDLE' } } : event,
    );
    const { code, divergences } = await verified(await ledgerHome(), '--file', file);
    assert.equal(code, 1);
    const [first] = divergences;
    assert.deepEqual(
      [first?.where, first?.expected, first?.actual, first?.event?.position, first?.event?.type],
      ['machine', 'RUNNING', 'IDLE', 5, 'worker.message_sent'],
    );
    const { code: again, stdout } = await run(await ledgerHome(), ['replay', '--file', file, '--verify']);
    assert.equal(again, 1);
    assert.match(stdout, /the machine leads from AWAITING_USER_INPUT to RUNNING, recorded is IDLE/);
    assert.match(stdout, /at +event 5 \(worker\.message_sent, [0-9a-f-]{36}\) of worker\/ap_/);
    assert.match(stdout, /expected RUNNING\n +actual +IDLE/);
  });

  it('reports an impossible event, and a missing one', async () => {
    const file = await rewritten('question-answered', (event, at) => (at === 1 ? null : event));
    const { code, divergences } = await verified(await ledgerHome(), '--file', file);
    assert.equal(code, 1);
    assert.deepEqual(divergences.map(({ where, event }) => [where, event?.position]).slice(0, 1), [
      ['log', 3],
    ]);
    assert.match(divergences[0]?.message ?? '', /goes on with version 3, 2 is due/);
  });

  it('reports a row of the live tables that does not match the events', async () => {
    const home = await ledgerHome('question-answered');
    const connection = openSqlite(ledgerFile(home));
    const { sql } = connection
      .prepare("SELECT sql FROM sqlite_schema WHERE name = 'session_states'")
      .get() as {
      sql: string;
    };
    connection.exec(`UPDATE ${/FROM (\w+)/.exec(sql)?.[1]} SET question = 'Really?'`);
    connection.close();
    for (const words of [['@last'], ['--all']]) {
      const { code, divergences } = await verified(home, ...words);
      assert.equal(code, 1);
      assert.equal(divergences.length, 1);
      assert.deepEqual(
        [divergences[0]?.where, divergences[0]?.expected, divergences[0]?.actual],
        ['table', null, 'Really?'],
      );
    }
  });

  it('reports an event whose stored bytes do not match its hash', async () => {
    const home = await ledgerHome('question-answered');
    const connection = openSqlite(ledgerFile(home));
    connection.exec(`DROP TRIGGER events_are_final_update;
      UPDATE events SET payload = replace(payload, 'Per line', 'Per item') WHERE position = 5`);
    connection.close();
    const { code, divergences } = await verified(home, '@last');
    assert.equal(code, 1);
    assert.deepEqual([divergences[0]?.where, divergences[0]?.event?.position], ['log', 5]);
    const all = await run(home, ['replay', '--all', '--verify', '--json']);
    assert.equal(all.code, 1);
    assert.match(all.stdout, /broken at position 5/);
  });

  it('skips unreadable events, and counts them by name', async () => {
    const file = await rewritten('crashed', (event, at) =>
      at === 3 ? { ...event, type: 'worker.dreamt' } : event,
    );
    const { code, unreadable } = await verified(await ledgerHome(), '--file', file);
    assert.equal(code, 0);
    assert.deepEqual(unreadable, { 'worker.dreamt (unknown type)': 1 });
  });
});

describe('agentpool replay --file', () => {
  it('reads a whole exported log, or one session of it, and leaves the ledger of this home alone', async () => {
    const home = temporaryFolder();
    for (const words of [
      ['ledger', 'export'],
      ['events', '--json'],
      ['ledger', 'export', '--session', '@last'],
    ]) {
      const { stdout } = await run(await ledgerHome('leases'), words);
      const file = join(temporaryFolder(), 'h.ndjson');
      writeFileSync(file, stdout);
      const { code, json } = await run(home, ['replay', '--file', file, '--json']);
      assert.equal(code, 0);
      assert.equal(json<{ events: unknown[] }>().events.length, 5, words.join(' '));
      assert.equal((await run(home, ['replay', '--file', file, '--verify'])).code, 0, words.join(' '));
    }
    assert.throws(() => readFileSync(ledgerFile(home)), /ENOENT/);
  });

  it('requires one worker if the file has several, and names them', async () => {
    const several = ['crashed', 'lost'].flatMap((name) => readFileSync(historyFile(name), 'utf8'));
    const { code, json } = await run(
      temporaryFolder(),
      ['replay', '--file', '-', '--json'],
      several.join(''),
    );
    assert.equal(code, 1);
    const { error } = json<{ error: { code: string; details: { sessions: string[] } } }>();
    assert.equal(error.code, 'HISTORY_SESSION');
    assert.equal(error.details.sessions.length, 2);
    const [one = ''] = error.details.sessions;
    const named = await run(temporaryFolder(), ['replay', one, '--file', '-', '--json'], several.join(''));
    assert.equal(named.code, 0);
  });

  it('names a line that is no event', async () => {
    const { code, json } = await run(temporaryFolder(), ['replay', '--file', '-', '--json'], '\n{"a":1}\n');
    assert.equal(code, 1);
    assert.equal(json<{ error: { details: { line: number } } }>().error.details.line, 2);
  });
});

describe('agentpool replay --step', () => {
  it('continues on Enter and stops on q, in a terminal', async () => {
    const home = await ledgerHome('question-answered');
    const socket = join(temporaryFolder(), 'tmux');
    const tmux = (...words: string[]) =>
      execFileSync('tmux', ['-S', socket, '-f', '/dev/null', ...words], { encoding: 'utf8' });
    const [program, args] = commandLine(['replay', '@last', '--step']);
    const line = [program, ...args].map((word) => `'${word}'`).join(' ');
    tmux(
      'new-session',
      '-d',
      '-x',
      '80',
      '-y',
      '40',
      '-e',
      `AGENTPOOL_HOME=${home}`,
      `${line}; echo code $?; cat`,
    );
    const screen = () => tmux('capture-pane', '-p');
    const shows = (what: RegExp) => until(`${what} on the screen`, () => what.test(screen()), screen);
    try {
      await shows(/STARTING[\s\S]*1 of 9: Enter for the next, q to stop/);
      tmux('send-keys', 'Enter');
      await shows(/READY[\s\S]*2 of 9: Enter/);
      assert.doesNotMatch(screen(), /1 of 9|RUNNING/);
      tmux('send-keys', 'q', 'Enter');
      await shows(/code 0/);
      assert.doesNotMatch(screen(), /RUNNING/);
    } finally {
      tmux('kill-server');
    }
  });
});
