// Fuzzes the command line with input as from typos, broken scripts and attackers: every command, with any of its
// options and any values, must end with a readable message, and a refusal must leave the ledger unchanged.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { packageRoot } from '../lib/package-root.ts';
import { anyCharacter } from '../lib/testing/any-character.ts';
import { Home } from '../workers/testing/home.ts';
import { commands } from './commands/index.ts';
import { everyGrammar } from './grammar/every.ts';
import type { Flag } from './grammar/schema.ts';
import { ledgerHome, withLedger } from './testing/ledger-home.ts';
import { type Ran, run } from './testing/run.ts';

/** A fixed seed makes runs comparable. AGENTPOOL_FUZZ_RUNS=5000 runs more command lines, with a random seed. */
const LONGER = process.env.AGENTPOOL_FUZZ_RUNS;
const CHOSEN = LONGER
  ? { numRuns: Number(LONGER), interruptAfterTimeLimit: 3_600_000 }
  : { numRuns: 400, interruptAfterTimeLimit: 60_000, seed: 20_261_123 };

/** Commands that never end by themselves, or that talk to a client over standard input. */
const endless = ['watcher run', 'mcp'];
const endlessFlags = ['--follow', '--watch', '--exec'];
/** Commands that would really start an agent unless they name an unknown provider. */
const starting = ['smoke', 'spawn', 'run'];

const grammars = (await everyGrammar(commands)).filter(({ path }) => !endless.includes(path));

const nasty = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '-',
    '--',
    '-1',
    '0',
    '1e99',
    'NaN',
    '99999999999999999999',
    '../..',
    '.',
    '/nonexistent/x',
    '@last',
  ),
  fc.constantFrom(
    'a folder',
    'locked/file',
    'no/such/file',
    'text.txt',
    '日本語 🦀',
    '\u202e\u0007\u001b[31m',
    "'; rm -rf x",
  ),
  fc.constant('x'.repeat(70_000)),
  fc.string({ unit: anyCharacter, maxLength: 20 }).map((text) => text.replaceAll('\0', '')),
);

/** A command line of one command: some of its options with any values, then any words. */
const commandLine = fc.constantFrom(...grammars).chain((grammar) => {
  const flags = grammar.flags.filter(({ names }) => !names.some((name) => endlessFlags.includes(name)));
  const said = fc.subarray(flags).chain((some) => fc.tuple(...some.map((flag) => flagWords(flag))));
  const places = fc.array(nasty, { maxLength: grammar.arguments.length + 1 });
  return fc
    .tuple(said, places)
    .map(([options, words]) => [
      ...grammar.path.split(' '),
      ...(starting.includes(grammar.path) ? ['--provider', 'nobody'] : []),
      ...options.flat(),
      ...words,
    ]);
});

const flagWords = ({ names, value }: Flag): fc.Arbitrary<string[]> => {
  const name = names[0] ?? '';
  if (!value || name === '--provider') return fc.constant(value ? [name, 'nobody'] : [name]);
  const values = value.words ? fc.oneof(nasty, fc.constantFrom(...value.words)) : nasty;
  return values.map((said) => [`${name}=${said}`]);
};

describe('any words at all', () => {
  const ground = realpathSync(mkdtempSync(join(tmpdir(), 'ap-fuzz-')));
  const from = process.cwd();
  const { HOME = '', PATH = '' } = process.env;
  let home = '';

  before(async () => {
    // An empty PATH and a temporary HOME: no agent is found, and no real home is touched.
    Object.assign(process.env, { HOME: ground, PATH: '/nonexistent', NO_COLOR: '1' });
    home = await ledgerHome('completed-and-ended');
    // Deep enough that ../.. stays inside the temporary folder.
    mkdirSync(join(ground, 'deep', 'er'), { recursive: true });
    process.chdir(join(ground, 'deep', 'er'));
    mkdirSync('a folder');
    mkdirSync('locked');
    writeFileSync('locked/file', 'x');
    chmodSync('locked', 0);
    writeFileSync('text.txt', 'text\0 with what no text has\n'.repeat(1000));
    await run(home, ['sessions', '--json']);
  });

  after(() => {
    process.chdir(from);
    Object.assign(process.env, { HOME, PATH });
    chmodSync(join(ground, 'deep', 'er', 'locked'), 0o700);
    rmSync(ground, { recursive: true, force: true });
  });

  const lastPosition = () => withLedger(home, (ledger) => ledger.store.lastPosition());

  it('end with an exit code and a message, and change nothing if they are refused', async () => {
    let known = lastPosition();
    await fc.assert(
      fc.asyncProperty(commandLine, fc.oneof(nasty, fc.constant('a\0b\n')), async (words, stdin) => {
        const ran = await run(home, words, stdin);
        assertWellBehaved(ran, words);
        const before = known;
        known = lastPosition();
        if (ran.code !== 0) assert.equal(known, before, 'a refusal has changed the ledger');
      }),
      CHOSEN,
    );
  });
});

describe('the built command line', () => {
  const home = new Home();
  const main = join(packageRoot(), 'dist', 'main.js');

  /** Runs a line of bash in which \$ap is the program. */
  function bash(line: string): Promise<{ code: number; said: string }> {
    const env = { ...home.env, node: process.execPath, main };
    const script = `set -o pipefail; ap() { "$node" "$main" "$@"; }; ${line}`;
    return new Promise((done) => {
      execFile('bash', ['-c', script], { cwd: home.repo, env, timeout: 120_000 }, (error, stdout, stderr) =>
        done({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, said: stdout + stderr }),
      );
    });
  }

  const lines: [what: string, line: string, code: number][] = [
    ['a reader that leaves', 'ap help | head -1', 0],
    ['a reader that leaves a long answer', 'ap events --json | head -1', 0],
    ['closed standard input', 'ap send @last --stdin <&-', 1],
    ['no standard input at all, and none needed', 'ap sessions --json <&-', 0],
    ['text that is none', 'head -c 300000 /dev/urandom | ap ledger import -', 1],
    ['a message of many megabytes for nobody', 'head -c 9000000 /dev/zero | ap send ap_nope --stdin', 1],
    [
      'two that make the same home',
      'export AGENTPOOL_HOME=$PWD/new; ap init & ap init; a=$?; wait $! && exit $a',
      0,
    ],
    [
      'two that rebuild',
      'ap ledger rebuild & ap ledger rebuild; a=$?; wait $! && ap ledger verify && exit $a',
      0,
    ],
    ['a home that is a file', 'touch file; AGENTPOOL_HOME=$PWD/file ap sessions --json', 1],
    [
      'a ledger that is none',
      'mkdir bad; echo no > bad/ledger.sqlite; AGENTPOOL_HOME=$PWD/bad ap sessions',
      1,
    ],
  ];
  for (const [what, line, expected] of lines) {
    it(`bears ${what}`, async () => {
      const { code, said } = await bash(line);
      assert.doesNotMatch(said, /\n\s+at .+:\d+:\d+|INTERNAL_ERROR/, said);
      assert.equal(code, expected, said);
    });
  }

  it(
    'does not report success for output that the disk has refused',
    { skip: !existsSync('/dev/full') },
    async () => {
      for (const command of ['help', 'sessions --json', 'config print'])
        assert.notEqual((await bash(`ap ${command} > /dev/full`)).code, 0, command);
    },
  );
});

function assertWellBehaved({ code, stdout, stderr }: Ran, words: readonly string[]): void {
  const all = stdout + stderr;
  assert.ok(Number.isInteger(code), `exit ${code}`);
  assert.doesNotMatch(all, /\n\s+at .+:\d+:\d+/, 'a stack trace');
  assert.doesNotMatch(all, /INTERNAL_ERROR/, all.slice(0, 2000));
  if (code === 0) assert.doesNotMatch(stdout, /^\{"error":/, 'exit 0 with an error');
  else assert.notEqual(all.trim(), '', `exit ${code} without a word`);
  if (code === 2) assert.match(all, /[A-Z]+(_[A-Z]+)*/, words.join(' '));
}
