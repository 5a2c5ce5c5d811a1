// Queries answer the same in a home that may only be read as in one that may be written; what would write is refused.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { before, describe, it } from 'node:test';
import { openSqlite } from '../events/store/connection.ts';
import { packageRoot } from '../lib/package-root.ts';
import { temporaryFolder } from '../lib/testing/processes.ts';
import { ledgerFile, ledgerHome } from './testing/ledger-home.ts';

interface Answer {
  code: number;
  stdout: string;
  stderr: string;
}

const QUERIES = [
  'sessions --json',
  'sessions --all',
  'status --json',
  'session show @last --json',
  'observe @last',
  'events --json',
  'stats --json --since all',
  'replay @last',
  'tokens',
  'leases list --json',
  'transcript @last',
  'usage-summary --json',
  'ledger stats --json',
  'ledger verify',
  'ledger export',
  'watcher status',
];
const WRITES = [
  'spawn --provider fake-question --task look-for-it --repo .',
  'collect @last',
  'ledger rebuild',
  'ledger import -',
  'watcher run',
];

/** Answers each line in one process, without the rights of the owner, and prints what was said. */
const SCRIPT = `
  const { PassThrough } = require('node:stream');
  const { text } = require('node:stream/consumers');
  const { agentpool } = require(process.argv[1]);
  (async () => {
    const answers = [];
    for (const line of JSON.parse(process.argv[2])) {
      const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
      stdin.end('');
      const said = Promise.all([text(stdout), text(stderr)]);
      const code = await agentpool(line.split(' '), { stdin, stdout, stderr, env: process.env });
      stdout.end();
      stderr.end();
      const [out, err] = await said;
      answers.push({ code, stdout: out, stderr: err });
    }
    console.log(JSON.stringify(answers));
  })();
`;

/** Root may write anywhere, so it becomes another user; anyone else only loses the right to write. */
const OTHER = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

function answersIn(home: string, lines: readonly string[], as: object = {}): Promise<Answer[]> {
  const { PATH = '', TMPDIR } = process.env;
  const env = {
    PATH: `${dirname(process.execPath)}:${PATH}`,
    HOME: '/nonexistent',
    AGENTPOOL_HOME: home,
    NO_COLOR: '1',
    ...(TMPDIR ? { TMPDIR } : {}),
  };
  const words = ['-e', SCRIPT, join(packageRoot(), 'dist', 'agentpool.js'), JSON.stringify(lines)];
  return new Promise((done, fail) => {
    execFile(
      process.execPath,
      words,
      { cwd: '/', env, maxBuffer: 2 ** 26, ...as },
      (error, stdout, stderr) =>
        error ? fail(new Error(`${error.message}\n${stderr}`)) : done(JSON.parse(stdout)),
    );
  });
}

/** What depends on the moment, or says that the ledger may only be read. */
const lasting = (text: string): string =>
  text
    .replaceAll(/\b\d+(?:\.\d+)? ?(?:s|m|h|d|min)( \d+ ?(?:s|m|h))?\b/g, 'T')
    .replaceAll(/"wal_bytes":\d+/g, 'T')
    .replaceAll(/"[a-z_]*(?:at|from|until|since|age_seconds)":\s*(?:"[^"]*"|[\d.]+)/g, 'T')
    .replaceAll(/\d{4}-\d\d-\d\d[T ][\d:.Z]+/g, 'T');

const home = await ledgerHome('question-answered');
const empty = join(temporaryFolder(), 'home');

describe('a home that may only be read', () => {
  let expected: Answer[] = [];
  let mayTry = true;

  before(async () => {
    expected = await answersIn(home, QUERIES);
    for (const name of readdirSync(home))
      if (!name.startsWith('ledger')) rmSync(join(home, name), { recursive: true });
    chmodSync(dirname(home), 0o755);
    chmodSync(home, 0o755);
    // The package may lie where another user may not look.
    mayTry = await answersIn('/nonexistent', [], OTHER).then(
      () => true,
      () => false,
    );
  });

  async function readOnly(lines: readonly string[], of = home): Promise<Answer[]> {
    for (const name of readdirSync(of)) chmodSync(join(of, name), 0o444);
    chmodSync(of, 0o555);
    try {
      return await answersIn(of, lines, OTHER);
    } finally {
      chmodSync(of, 0o755);
    }
  }

  async function assertSame(what: string): Promise<void> {
    const answers = await readOnly(QUERIES);
    for (const [index, line] of QUERIES.entries()) {
      const [{ code, stdout, stderr }, before] = [answers[index] as Answer, expected[index] as Answer];
      assert.equal(code, before.code, `${what}: ${line}: ${stderr}`);
      assert.equal(lasting(stdout), lasting(before.stdout), `${what}: ${line}`);
    }
    assert.match(answers[1]?.stderr ?? '', /ledger\.sqlite may only be read \(you may only read it\)/);
  }

  it('answers every query, also after a process was killed that had it open', async (t) => {
    if (!mayTry) return t.skip('another user may not run the package here');
    await assertSame('closed');
    assert.deepEqual(readdirSync(home), ['ledger.sqlite']);

    // As a killed process leaves it: what was written last is only in the write-ahead log.
    const keeper = openSqlite(ledgerFile(home));
    keeper.exec('CREATE TABLE other (a); DROP TABLE other');
    const names = () => readdirSync(home).sort();
    assert.deepEqual(names(), ['ledger.sqlite', 'ledger.sqlite-shm', 'ledger.sqlite-wal']);
    await assertSame('in use');
    keeper.close();
  });

  it('refuses what would write, before anything is done', async (t) => {
    if (!mayTry) return t.skip('another user may not run the package here');
    const answers = await readOnly(WRITES);
    for (const [index, { code, stderr }] of answers.entries()) {
      assert.equal(code, 1, WRITES[index]);
      assert.match(stderr, /LEDGER_NOT_WRITABLE/, WRITES[index]);
    }
    const [found] = await readOnly(['doctor --json']);
    const { findings } = JSON.parse(found?.stdout ?? '') as { findings: { found: string }[] };
    assert.ok(findings.some((each) => /may only be read .* queries work/.test(each.found)));
  });

  it('answers before there is a ledger', async (t) => {
    if (!mayTry) return t.skip('another user may not run the package here');
    mkdirSync(empty);
    chmodSync(dirname(empty), 0o755);
    const [sessions, doctor] = await readOnly(['sessions --json', 'doctor --json'], empty);
    assert.deepEqual([sessions?.code, JSON.parse(sessions?.stdout ?? '').sessions], [0, []]);
    assert.notEqual(JSON.parse(doctor?.stdout ?? '').findings, undefined);
    assert.equal(existsSync(join(empty, 'ledger.sqlite')), false);
  });
});
