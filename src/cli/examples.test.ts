import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { packageRoot } from '../lib/package-root.ts';
import { splitLine } from '../lib/text/split-line.ts';
import { Home, type Said } from '../workers/testing/home.ts';
import { commands, namedCommand } from './commands/index.ts';
import { everyGrammar } from './grammar/every.ts';
import { faultIn } from './grammar/fault.ts';
import { typedWords } from './testing/typed.ts';

/** Examples that need more than a temporary home with fake agents: they are parsed, and not run. */
const onlyRead: Record<string, string> = {
  'agentpool logs @last --follow': 'ends with the worker',
  'agentpool sessions --all-machines': 'needs a fleet; other-machines.test.ts has one',
  'agentpool ledger verify --machine laptop': 'the same',
  'agentpool top': 'needs a terminal; src/tui/top tests that',
  'agentpool top --background light': 'the same',
  'agentpool replay @last --step': 'waits for keys at a terminal',
  'agentpool replay @last --watch': 'the same',
  'agentpool events --type worker.exited --from now --follow --json': 'never ends by itself',
  'agentpool usage-summary --watch --refresh': 'never ends by itself',
  'agentpool watcher run': 'never ends by itself',
  'agentpool mcp --toolsets default,sessions,worktrees': 'is spoken to by a host; src/mcp tests that',
  'agentpool mcp --lockdown': 'is spoken to by a host; src/mcp tests that',
  'agentpool mcp-config --client codex --apply': 'needs Codex',
  'agentpool setup all': 'finds no agent in a throw-away home, and says so with exit 1',
  'agentpool setup codex': 'the same',
  'agentpool setup codex --backend native': 'the same',
  'agentpool run --tasks tasks.yaml': 'needs a tasks file; run-tasks.test.ts has one',
  'agentpool queue move @last --before ap_3f2': 'names a worker of another ledger',
  'agentpool mcp --http --port 7437': 'never ends by itself',
  'claude mcp add agentpool -- agentpool mcp': 'needs Claude Code',
  'agentpool spawn --provider claude-code --task "Look for the parser"': 'needs Claude Code',
  'agentpool answer @last --choice "Type something" --text "the tests first"': 'the same',
  'agentpool fleet init "postgresql://owner@db.example.org/pool?sslmode=verify-full" --member laptop --member desk':
    'needs a database; src/workers/commands/fleet tests that',
  'agentpool fleet join "postgresql://laptop@db.example.org/pool?sslmode=verify-full"': 'the same',
  'agentpool fleet join postgresql://localhost/pool --name desk': 'the same',
  'agentpool answer @last --choice "No, and tell"':
    'needs an agent with such a choice; answer.test.ts has one',
};

/** Examples that a temporary home can only refuse, by the error that they print. */
const refused: Record<string, RegExp> = {
  'agentpool detectors check': /PROVIDER_NOT_INSTALLED/,
  'agentpool detectors check claude': /PROVIDER_NOT_INSTALLED/,
  'agentpool detectors check codex --screens my-screens': /PROVIDER_NOT_INSTALLED/,
  'agentpool detectors update --from https://example.org/codex-cli.yaml --digest DIGEST': /RULES_NOT_TAKEN/,
  'agentpool keys @last Escape': /policy\.allow_raw_keys/,
  'agentpool answer @last --choice 1': /NO_DIALOG/,
  'agentpool answer @last --choice 1 "Yes"': /NO_DIALOG/,
  'agentpool answer @last --choices 1,3': /NO_DIALOG/,
  'agentpool answer @last --submit': /NO_DIALOG/,
  'agentpool notify test': /NOTIFY_OFF/,
  'agentpool fleet leave': /FLEET_NOT_JOINED/,
  'agentpool fleet share @last --patch': /FLEET_NOT_JOINED/,
  'agentpool fleet fetch ap_3f2 --kind patch --out changes.patch': /FLEET_NOT_JOINED/,
  'agentpool fleet status': /FLEET_NOT_JOINED/,
  'agentpool fleet machines': /FLEET_NOT_JOINED/,
  'agentpool fleet machines --all': /FLEET_NOT_JOINED/,
  'agentpool leases release --lease-id 42': /LEASE_NOT_FOUND/,
  'agentpool queue move @last --first': /SESSION_NOT_QUEUED/,
  'agentpool queue remove @last': /SESSION_NOT_QUEUED/,
};

/** The worker that an example needs, if not one that has asked a question. */
const needed: Record<string, Needed> = {
  'agentpool observe @last --wait-for completed --timeout 300 --detail full': { provider: 'fake-completed' },
  'agentpool resume @last --task "Now fix the tests"': { provider: 'fake-question', ended: true },
  'agentpool worktrees cleanup @last': { provider: 'fake-question', ended: true },
  'agentpool ledger export history.ndjson': { provider: 'fake-question', without: 'history.ndjson' },
};

interface Needed {
  provider: string;
  ended?: boolean;
  /** A file that must not exist. */
  without?: string;
}

/** Commands that leave no waiting worker behind, so the next example gets a new one. */
const spends = /^(smoke|spawn|run|resume|send|answer|keys|interrupt|terminate|kill|collect)\b/;

const grammars = await everyGrammar(commands);
function faultOf(line: string) {
  const words = typedWords(line);
  const path = namedCommand(words) ?? '';
  const grammar = grammars.find((each) => each.path === path);
  return grammar ? faultIn(grammar, words.slice(path.split(' ').length)) : `no command: ${line}`;
}

const lines = grammars.flatMap((grammar) => grammar.examples.map(([, line]) => ({ line, grammar })));

describe('the examples of the help', () => {
  const home = new Home();
  const bin = join(home.ground, 'bin');
  let worker: string | null = null;

  before(async () => {
    mkdirSync(bin);
    const main = join(packageRoot(), 'dist', 'main.js');
    const script = (name: string, body: string) =>
      writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    script('agentpool', `exec '${process.execPath}' '${main}' "$@"`);
    script('editor', 'test -n "$1"');
    script('jq', 'cat');
    for (const folder of ['.claude/skills', '.config/fish'])
      mkdirSync(join(home.ground, 'user', folder), { recursive: true });
    mkdirSync(join(home.repo, 'src'));
    mkdirSync(join(home.repo, 'my-screens'));
    const file = (name: string, text: string | Buffer) => writeFileSync(join(home.repo, name), text);
    file('src/parser.ts', 'export {};\n');
    file('task.md', 'Look for the parser\n');
    file('notes.md', 'the migrations first\n');
    file('screen.txt', '> \n');
    file(
      'my-screens/index.json',
      JSON.stringify([{ file: 'one.txt', provider: 'claude-code', label: 'none' }]),
    );
    file('my-screens/one.txt', 'nothing\n');
    file('claude-code.yaml', 'provider: claude-code\nrules: []\n');
    file('codex-cli.yaml', 'provider: codex-cli\nrules: []\n');
    file('draft.yaml', 'version: 1\n');
    writeFileSync(join(home.ground, 'user', 'models.json'), '{"providers":{}}');
    await prepare({ provider: 'fake-question' });
    const { stdout } = await home.run(['ledger', 'export']);
    file('history.ndjson', stdout);
    file('history.ndjson.gz', gzipSync(stdout));
  });

  /** Provides exactly one live worker: reuses the one of the last example if it fits. */
  async function prepare({ provider, ended, without }: Needed): Promise<void> {
    if (without) rmSync(join(home.repo, without), { force: true });
    if (worker === provider && !ended) return;
    const living = existsSync(home.ledgerFile) ? home.sessions().filter(({ alive }) => alive) : [];
    for (const { id } of living) await home.run(['terminate', id]);
    const task = 'Look for the parser, then plan the next step';
    const id = await home.spawn(provider, '--isolation', 'worktree', '--task', task);
    await home.reaches(id, provider === 'fake-completed' ? 'COMPLETED' : 'AWAITING_USER_INPUT');
    if (ended) await home.run(['terminate', id]);
    worker = ended ? null : provider;
  }

  function typed(line: string): Promise<Omit<Said, 'signal'>> {
    const env = { PATH: `${bin}:${home.env.PATH}`, EDITOR: 'editor' };
    // Pipes, substitutions and the like need a shell; `agentpool` and quoted words do not.
    if (/^agentpool [^|&;<>$`*?()]*$/.test(line)) return home.run(splitLine(line).slice(1), { env });
    const all = { ...home.env, ...env };
    return new Promise((done) => {
      const child = execFile(
        'sh',
        ['-c', line],
        { cwd: home.repo, env: all, timeout: 120_000 },
        (error, stdout, stderr) =>
          done({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr }),
      );
      child.stdin?.end();
    });
  }

  for (const { line, grammar } of lines) {
    const why = onlyRead[line];
    if (why) {
      it(`can be read: ${line} (${why})`, () => assert.equal(faultOf(line), null));
      continue;
    }
    it(`work: ${line}`, async () => {
      rmSync(join(home.ground, 'user', '.claude', 'skills', 'agentpool'), { force: true });
      await prepare(needed[line] ?? { provider: 'fake-question' });
      const { code, stdout, stderr } = await typed(line);
      const no = refused[line];
      if (!no && spends.test(grammar.path)) worker = null;
      if (no) assert.match(stderr, no);
      assert.equal(code, no ? 1 : 0, `${stdout}${stderr}`);
    });
  }
});
