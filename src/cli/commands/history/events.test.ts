import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, describe, it } from 'node:test';
import type { DomainEvent } from '../../../events/catalogue/index.ts';
import { chainHash } from '../../../events/store/hash.ts';
import type { Ledger } from '../../../projections/projector/ledger.ts';
import { ledgerHome, withLedger } from '../../testing/ledger-home.ts';
import { ended, run, start } from '../../testing/run.ts';

const watched: DomainEvent = { type: 'watcher.started', data: { fence: 1, pid: 7, started: '7' } };
const append = (home: string, event: DomainEvent = watched) =>
  withLedger(home, ({ store }) => store.append('watcher', [event], { actor: 'test' }));

/** An event that a newer AgentPool could have written. */
function appendUnknown({ store }: Ledger, type: string, schema_version: number): void {
  const last = store.readAll({ from: store.lastPosition() })[0];
  assert.ok(last);
  const row = {
    ...last,
    position: last.position + 1,
    event_id: `new-${last.position}`,
    stream_version: last.stream_version + 1,
    type,
    schema_version,
    payload: '{"shape":"unheard of"}',
  };
  store.restore([{ ...row, hash: chainHash(Buffer.from(last.hash, 'hex'), row).toString('hex') }]);
}

describe('agentpool events', () => {
  it('prints every event, one JSON line each, with envelope and data', async () => {
    const home = await ledgerHome('question-answered');
    const { code, lines, stderr } = await run(home, ['events', '--json']);
    const events = lines();
    assert.equal(code, 0);
    assert.equal(stderr, '');
    assert.deepEqual(
      events.map(({ position }) => position),
      [1, 2, 3, 4, 5, 6, 7, 8, 9],
    );
    assert.equal(events[3]?.type, 'worker.transitioned');
    assert.deepEqual((events[3]?.data as { evidence: string[] }).evidence, [
      'Should prices be rounded per line or per order?',
    ]);
    assert.ok(!('payload' in (events[0] ?? {})));
  });

  it('prints one line per event for a person, in 80 columns and without colour or control characters', async () => {
    const home = await ledgerHome('wide-characters-and-line-ends');
    const { stdout } = await run(home, ['events']);
    const lines = stdout.trimEnd().split('\n');
    assert.equal(lines.length, 7);
    for (const line of lines) assert.ok(line.length <= 80, line);
    assert.doesNotMatch(stdout, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
  });

  it('narrows by type, by position and by worker', async () => {
    const home = await ledgerHome('leases');
    const types = async (...words: string[]) =>
      (await run(home, ['events', '--json', ...words])).lines().map(({ type }) => type);
    assert.deepEqual(await types('--type', 'lease.upgraded', '--type', 'lease.expired'), [
      'lease.upgraded',
      'lease.expired',
    ]);
    assert.equal((await types('--from', '13')).length, 1);
    assert.ok((await types('--session', '@last')).every((type) => String(type).startsWith('worker.')));
    assert.deepEqual(await types('--from', 'now'), []);
  });

  it('names an unknown session or type, and suggests what to type instead', async () => {
    const home = await ledgerHome('leases');
    const unknown = await run(home, ['events', '--session', 'ap_nope', '--json']);
    assert.equal(unknown.code, 1);
    const { error } = unknown.json<{ error: { code: string; details: Record<string, unknown> } }>();
    assert.equal(error.code, 'TMUX_SESSION_NOT_FOUND');
    assert.equal(error.details.session_id, 'ap_nope');
    assert.equal(typeof error.details.example, 'string');

    const misspelt = await run(home, ['events', '--type', 'worker.exitted']);
    assert.equal(misspelt.code, 2);
    assert.match(misspelt.stderr, /Did you mean worker\.exited\?/);
    assert.equal((await run(home, ['events', '--from', 'x'])).code, 2);
  });

  it('reports each unreadable type once, on stderr, and continues after it', async () => {
    const home = await ledgerHome('crashed');
    withLedger(home, (ledger) => {
      appendUnknown(ledger, 'worker.dreamt', 1);
      appendUnknown(ledger, 'worker.dreamt', 1);
      appendUnknown(ledger, 'worker.exited', 9);
    });
    append(home);
    const { code, stdout, stderr } = await run(home, ['events']);
    assert.equal(code, 0);
    assert.match(stdout, / {5}8 .*watches the panes/);
    assert.equal(stderr.match(/worker\.dreamt version 1/g)?.length, 1);
    assert.match(stderr, /worker\.exited version 9 \(version 9 is newer than 1\)/);

    const lines = (await run(home, ['events', '--json', '--from', '5'])).lines();
    assert.deepEqual(
      lines.map((line) => ('unreadable' in line ? 'unreadable' : line.type)),
      ['unreadable', 'unreadable', 'unreadable', 'watcher.started'],
    );
  });
});

describe('a reader that leaves in the middle of a long log', () => {
  it('ends the command, which says nothing of it', async () => {
    const home = await ledgerHome();
    const reason = 'x'.repeat(1000);
    withLedger(home, ({ store }) => {
      const event: DomainEvent = { type: 'watcher.stopped', data: { fence: 1, reason } };
      store.append('watcher', Array(2000).fill(event), { actor: 'test' });
    });
    for (const form of [[], ['--json'], ['--plain']]) {
      const child = start(home, ['events', ...form]);
      after(() => child.kill('SIGKILL'));
      const said = text(child.stderr as Readable);
      await once(child.stdout as Readable, 'data');
      child.stdout?.destroy();
      assert.deepEqual([await ended(child), await said], [0, ''], form.join(' '));
    }
  });
});

describe('agentpool events --follow', () => {
  it('prints what another process appends, as it happens, until it is interrupted', async () => {
    const home = await ledgerHome('crashed');
    const child = start(home, ['events', '--follow', '--json', '--from', '4']);
    after(() => child.kill('SIGKILL'));
    const lines = createInterface({ input: child.stdout as Readable })[Symbol.asyncIterator]();
    const next = async () => JSON.parse((await lines.next()).value ?? 'null') as { type: string };

    assert.equal((await next()).type, 'worker.exited');
    append(home);
    assert.equal((await next()).type, 'watcher.started');
    append(home, { type: 'watcher.stopped', data: { fence: 1, reason: 'nothing lives' } });
    assert.equal((await next()).type, 'watcher.stopped');
    child.kill('SIGINT');
    assert.equal(await ended(child), 0);
  });

  it('ends when its reader has closed the pipe', async () => {
    const home = await ledgerHome('crashed');
    const child = start(home, ['events', '--follow', '--json']);
    after(() => child.kill('SIGKILL'));
    await once(child.stdout as Readable, 'data');
    child.stdout?.destroy();
    append(home);
    append(home, { type: 'watcher.stopped', data: { fence: 1, reason: 'nothing lives' } });
    assert.equal(await ended(child), 0);
  });
});
