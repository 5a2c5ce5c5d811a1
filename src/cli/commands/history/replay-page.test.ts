import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { gapIn } from '../../../events/transfer/part.ts';
import { temporaryFolder } from '../../../lib/testing/processes.ts';
import { chainOfFile } from '../../../projections/replay/history.ts';
import { sessionById } from '../../../projections/sessions/queries.ts';
import type { PageData } from '../../../report/replay/page-data.ts';
import { historyFile, ledgerHome, withLedger } from '../../testing/ledger-home.ts';
import { run } from '../../testing/run.ts';

interface Written {
  file: string;
  format: string;
  sessions: string[];
  events: number;
  bytes: number;
  notes: string[];
}

const newFile = () => join(temporaryFolder(), 'replay.html');

function dataIn(html: string): PageData {
  const [, block] = /id="data">([^<]*)<\/script>/.exec(html) ?? [];
  return JSON.parse(block ?? '') as PageData;
}

const recordingIn = (html: string, lane: number): string => {
  const [, block = ''] = new RegExp(`id="recording-${lane}">([^<]*)</script>`).exec(html) ?? [];
  return gunzipSync(Buffer.from(block, 'base64')).toString();
};

async function written(
  home: string,
  ...words: string[]
): Promise<Written & { html: string; data: PageData }> {
  const file = newFile();
  const { code, json, stdout, stderr } = await run(home, ['replay', ...words, '--html', file, '--json']);
  assert.equal(code, 0, stdout + stderr);
  const html = readFileSync(file, 'utf8');
  return { ...json<Written>(), html, data: dataIn(html) };
}

describe('agentpool replay --html', () => {
  it('writes one private file with all events as the log holds them', async () => {
    const home = await ledgerHome('question-answered');
    const { data, html, sessions, events, bytes, notes, format, file } = await written(home, '@last');
    assert.deepEqual([format, events, data.events.length, bytes], ['html', 9, 9, Buffer.byteLength(html)]);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(data.workers, sessions);
    const stored = withLedger(home, ({ store }) => store.readAll({ stream: `worker/${sessions[0]}` }));
    assert.deepEqual(data.events, stored);
    assert.deepEqual([...chainOfFile(data.events).faults], []);
    assert.deepEqual(notes, ['No recording of its terminal is in the page.']);
    assert.match(html, /^<!doctype html>/i);
    assert.doesNotMatch(html, /\b(?:src|href)="(?!#)/);
  });

  it('says what it wrote, and refuses to replace a file without --force', async () => {
    const home = await ledgerHome('crashed');
    const file = newFile();
    const { stdout } = await run(home, ['replay', '@last', '--html', file]);
    assert.match(stdout, /^✓ 4 events of 1 worker, [\d.]+ KiB: .*replay\.html\n/);
    writeFileSync(file, 'mine');
    const refused = await run(home, ['replay', '@last', '--html', file, '--json']);
    assert.equal(refused.json<{ error: { code: string } }>().error.code, 'FILE_EXISTS');
    assert.equal(readFileSync(file, 'utf8'), 'mine');
    assert.equal((await run(home, ['replay', '@last', '--html', file, '--force'])).code, 0);
    assert.match(readFileSync(file, 'utf8'), /<!doctype html>/i);
  });

  it('refuses an empty name, a folder, and a place that does not exist', async () => {
    const home = await ledgerHome('crashed');
    const folder = temporaryFolder();
    for (const [file, message] of [
      ['', /^--html needs the name of a file; - is stdout/],
      [folder, /is a folder\. Name a file in it\./],
      [join(folder, 'none', 'page.html'), /There is no folder .*none\. Make it, then try again\./],
    ] as const) {
      const { code, json } = await run(home, ['replay', '@last', '--html', file, '--force', '--json']);
      assert.notEqual(code, 0);
      assert.match(json<{ error: { message: string } }>().error.message, message);
    }
  });

  it('prints the page where - is named', async () => {
    const { stdout } = await run(await ledgerHome('crashed'), ['replay', '@last', '--html', '-']);
    assert.equal(dataIn(stdout).events.length, 4);
    assert.match(stdout, /<\/html>\s*$/);
  });

  it('holds the recording of the terminal, and says from when on', async () => {
    const home = await ledgerHome('question-answered');
    const session = withLedger(home, (ledger) => {
      const [first] = ledger.store.readAll({ limit: 1 });
      const row = sessionById(ledger, first?.stream_id.slice('worker/'.length) ?? '');
      assert.ok(row);
      return row;
    });
    // Within this home: the events of a kept history name the folder of another machine.
    const folder = join(home, 'artifacts', session.id, 'recording');
    mkdirSync(folder, { recursive: true });
    const head = { version: 1, session_id: session.id, run: 1, cols: 80, rows: 24 };
    const late = new Date(Date.parse(session.created_at) + 35_000).toISOString();
    const lines = [{ ...head, started_at: late }, [0, [[0, '</script><b>words</b>']]]];
    writeFileSync(join(folder, '0007.ndjson'), `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
    const { html, data, notes } = await written(home, '@last');
    assert.deepEqual(
      recordingIn(html, 0)
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
      lines,
    );
    assert.doesNotMatch(html, /<b>words/);
    assert.deepEqual(data.cut, [{ session: session.id, from: late }]);
    assert.match(notes.join(), /begins at .*: what is older is not in the page/);
    writeFileSync(join(folder, '0009.ndjson.gz'), 'garbage');
    const damaged = await written(home, '@last');
    assert.equal(recordingIn(damaged.html, 0), recordingIn(html, 0));
    const lost = `2 pieces of the recording of ${session.id} are missing or damaged: what the terminal showed then is left out.`;
    assert.ok(damaged.notes.includes(lost), damaged.notes.join());
    assert.deepEqual(damaged.data.notes, [lost]);
  });

  it('has every worker of a chain of handovers', async () => {
    const file = historyFile('handed-over').replace('v0.2.0', 'v0.3.0');
    const home = await ledgerHome();
    assert.equal((await run(home, ['ledger', 'import', file])).code, 0);
    const [first = ''] = (await written(home, '@last', '--chain')).sessions;
    const chain = await written(home, first, '--chain');
    assert.equal(chain.sessions.length, 2);
    assert.equal(chain.events, 9);
    assert.equal((await written(home, first)).sessions.length, 1);
  });

  it('has all workers that were active since a time', async () => {
    const home = await ledgerHome('question-answered');
    const { data, sessions } = await written(home, '--since', '2026-03-04T09:00:30Z');
    assert.equal(sessions.length, 1);
    assert.equal(data.from, '2026-03-04T09:00:30.000Z');
    assert.equal(data.events.length, 9);
    assert.equal((await written(home, '--since', 'all')).events, 9);
    for (const [since, code] of [
      ['1h', 'REPLAY_EMPTY'],
      ['yesterday', 'INVALID_WINDOW'],
      ['2026-03-01/2026-03-02', 'INVALID_WINDOW'],
    ] as const) {
      const { json } = await run(home, ['replay', '--since', since, '--html', newFile(), '--json']);
      const { error } = json<{ error: { code: string; example: string } }>();
      assert.equal(error.code, code, since);
    }
  });

  it('is made from an exported history too, of which it says that it holds no recordings', async () => {
    const file = historyFile('handed-over').replace('v0.2.0', 'v0.3.0');
    const { sessions, notes, data } = await written(await ledgerHome(), '--file', file);
    assert.equal(sessions.length, 2);
    assert.equal(data.events.length, 9);
    assert.match(notes[0] ?? '', /holds no recordings/);
  });

  it('leaves nothing of other workers in the page of one, and bridges what it leaves out', async () => {
    const home = await ledgerHome();
    const file = historyFile('handed-over').replace('v0.2.0', 'v0.3.0');
    await run(home, ['ledger', 'import', file]);
    const { data } = await written(home, '@last');
    assert.ok(data.gaps.length > 0);
    assert.ok(data.events.every(({ stream_id }) => stream_id === `worker/${data.workers[0]}`));
    const chain = chainOfFile(
      data.events,
      new Map(
        data.gaps.flatMap((gap) => gapIn(JSON.stringify({ gap })) ?? []).map((gap) => [gap.to + 1, gap]),
      ),
    );
    assert.deepEqual([[...chain.faults], chain.pieces], [[], 1]);
  });

  it('refuses options that exclude or need each other, and says which', async () => {
    const home = await ledgerHome('crashed');
    for (const [words, message] of [
      [['@last', '--html', 'x', '--verify'], /--verify and --html do not go together/],
      [['@last', '--html', 'x', '--cast', 'y'], /do not go together/],
      [['--since', '2h'], /--since goes with --html/],
      [['@last', '--since', '2h', '--html', 'x'], /leave out SESSION/],
      [['@last', '--speed', '2'], /--speed goes with --watch/],
      [['@last', '--force'], /--force goes with/],
      [['@last', '--watch'], /--watch needs a terminal/],
      [['@last', '--html', '-', '--json'], /leave out --json/],
      [['@last', '--chain', '--cast', 'x'], /--cast goes with one session/],
      [['--html', 'x'], /Which session\?/],
    ] as const) {
      const { code, stderr, stdout } = await run(home, ['replay', ...words]);
      assert.equal(code, 2, words.join(' '));
      assert.match(stderr + stdout, message, words.join(' '));
    }
  });
});
