// Names, tasks and words that drive a terminal, through every command: what is printed must not.
import assert from 'node:assert/strict';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { Home } from '../workers/testing/home.ts';
import { commands } from './commands/index.ts';

const EVIL = 'x\x1b[31m\x1b]0;owned\x07\x1b[2J\x9b31m\x7f\u202ey\ry';
/** Without what git does not allow in the name of a branch. */
const BRANCH = 'b\u009b31m\u202ec';
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

/** One line for each command, or several. `ID` is the worker's session. */
const LINES: Readonly<Record<string, readonly string[][]>> = {
  init: [[], [EVIL]],
  setup: [['codex'], [EVIL]],
  onboard: [[], [EVIL]],
  doctor: [[]],
  smoke: [['--provider', EVIL]],
  help: [[EVIL], ['error', EVIL]],
  'usage-summary': [[], ['--provider', EVIL]],
  'capacity-summary': [[]],
  usage: [['--provider', EVIL]],
  tokens: [
    ['--since', EVIL],
    ['--since', 'all'],
  ],
  statusline: [[]],
  inventory: [[]],
  'accounts list': [[]],
  'accounts add': [
    [EVIL, EVIL],
    ['claude', EVIL],
    ['claude', 'work', '--folder', EVIL],
  ],
  'accounts login': [[EVIL], ['claude@work']],
  providers: [[]],
  models: [['--provider', EVIL]],
  spawn: [
    ['--provider', EVIL, '--task', EVIL],
    ['--provider', 'fake-idle', '--task', EVIL, '--repo', EVIL],
    ['--provider', 'fake-idle', '--task', EVIL, '--role', EVIL, `--${EVIL}`],
  ],
  resume: [
    [EVIL, '--task', EVIL],
    ['ID', '--conversation', EVIL],
    ['--lost', '--dry-run'],
  ],
  run: [
    ['--provider', EVIL, '--task', EVIL],
    ['--tasks', EVIL],
  ],
  queue: [[], ['--plain']],
  'queue list': [[]],
  'queue move': [
    ['ID', '--before', EVIL],
    [EVIL, '--first'],
  ],
  'queue remove': [['ID'], [EVIL]],
  send: [
    ['ID', EVIL],
    [EVIL, EVIL],
  ],
  answer: [['ID', EVIL]],
  interrupt: [[EVIL]],
  keys: [['ID', EVIL]],
  handoff: [
    ['ID', '--provider', EVIL],
    ['ID', '--provider', 'fake-idle', '--note', EVIL, '--dry-run'],
    [EVIL, '--provider', 'fake-idle'],
  ],
  top: [[]],
  status: [[]],
  ps: [[], ['--all'], ['--provider', EVIL]],
  sessions: [['--all'], ['--state', EVIL]],
  'session show': [['ID'], [EVIL]],
  observe: [['ID', '--worker-output', 'full'], [EVIL]],
  explain: [['ID'], [EVIL]],
  attach: [['ID', '--print'], [EVIL]],
  transcript: [['ID'], [EVIL]],
  logs: [['ID'], ['ID', '-n', '5'], [EVIL]],
  collect: [['ID'], [EVIL]],
  diff: [['ID'], ['ID', '--stat'], [EVIL]],
  apply: [['ID', '--check'], ['ID', '--check', '--repo', EVIL], [EVIL]],
  terminate: [[EVIL], ['ID'], ['--all'], ['--all', '--dry-run']],
  kill: [[EVIL], ['--all', '--yes']],
  artifacts: [['ID'], [EVIL]],
  'worktrees list': [[], ['--repo', EVIL]],
  'worktrees cleanup': [['ID'], [EVIL]],
  gc: [
    ['--older-than', EVIL],
    ['--older-than', '1s'],
  ],
  'leases acquire': [
    ['ID', EVIL],
    [EVIL, EVIL],
  ],
  'leases list': [[]],
  'leases release': [['ID', EVIL]],
  stats: [[], ['--since', EVIL], ['--role', EVIL]],
  replay: [
    ['ID'],
    [EVIL],
    ['ID', '--cast', '-'],
    ['ID', '--html', EVIL],
    ['--since', EVIL, '--html', 'x'],
    ['--file', EVIL, '--html', 'x'],
  ],
  events: [[], ['--session', EVIL], ['--type', EVIL]],
  'ledger verify': [[]],
  'ledger backup': [[EVIL]],
  'ledger export': [[], [EVIL]],
  'ledger import': [[EVIL]],
  'ledger rebuild': [[]],
  'ledger stats': [[]],
  'watcher status': [[]],
  'watcher log': [[]],
  'watcher stop': [[]],
  'watcher run': [[EVIL]],
  'detectors list': [[]],
  'detectors check': [[EVIL], ['--screens', EVIL]],
  'detectors validate': [[]],
  'detectors path': [[]],
  'detectors learn': [['@last', '--label', 'idle', '--dry-run']],
  'detectors update': [['--undo', 'codex-cli']],
  completion: [[EVIL]],
  mcp: [['--toolsets', EVIL]],
  'mcp-config': [[EVIL]],
  skills: [[]],
  'skills list': [[]],
  'skills get': [[EVIL]],
  'skills path': [[EVIL]],
  'notify test': [[]],
  'fleet init': [[EVIL]],
  'fleet join': [[EVIL], ['postgresql://127.0.0.1:1/pool', '--name', EVIL]],
  'fleet leave': [[]],
  'fleet share': [['ID'], ['ID', '--patch'], [EVIL]],
  'fleet fetch': [[EVIL]],
  'fleet status': [[]],
  'fleet machines': [[]],
  'config print': [[]],
  'config validate': [[]],
  'config path': [[]],
  preferences: [[]],
  signal: [[EVIL]],
};

describe('what every command prints', () => {
  const home = new Home({
    config: { policy: { max_parallel_sessions: 9, allow_raw_keys: true } },
    folder: 'h\x1b[31m\u009b',
  });
  const repo = join(home.ground, `r${EVIL}`);
  let id = '';
  before(async () => {
    home.git('mv', 'a.txt', `0${EVIL}.txt`);
    home.git('commit', '--quiet', '-m', EVIL);
    home.git('checkout', '--quiet', '-b', BRANCH);
    renameSync(home.repo, repo);
    mkdirSync(home.repo);
    const words = [
      '--provider',
      'fake-patch',
      '--isolation',
      'worktree',
      '--role',
      EVIL,
      '--allowed-file',
      EVIL,
    ];
    const options = ['--task', `Mend ${EVIL}`, '--metadata', JSON.stringify({ [EVIL]: EVIL })];
    const printed = await home.run(['spawn', ...words, ...options, '--json'], { cwd: repo });
    const plain = await home.run(['spawn', ...words, '--task', `Mend ${EVIL}`, '--json'], { cwd: repo });
    id = [printed, plain].map(({ stdout }) => JSON.parse(stdout).session_id).find(Boolean) ?? '';
    assert.ok(id, printed.stdout + plain.stdout);
    await home.reaches(id, 'COMPLETED', 'IDLE');
    writeFileSync(join(home.folder, 'preferences.md'), `# ${EVIL}\n- ${EVIL}\n`);
  });

  it('is asked of every command', () =>
    assert.deepEqual(
      Object.keys(commands).filter((path) => !Object.hasOwn(LINES, path)),
      [],
    ));

  for (const [path, lines] of Object.entries(LINES)) {
    it(`has no control character: ${path}`, async () => {
      for (const line of lines) {
        for (const format of [[], ['--json'], ['--plain'], ['--help']]) {
          if (format[0] === '--help' && line !== lines[0]) continue;
          // It prints events, not a report.
          if (format[0] === '--json' && path === 'ledger export' && line.length === 0) continue;
          const words = [...path.split(' '), ...line.map((word) => (word === 'ID' ? id : word)), ...format];
          const { stdout, stderr } = await home.run(words, { cwd: repo });
          const where = JSON.stringify(words);
          assert.doesNotMatch(stdout, CONTROL, where);
          assert.doesNotMatch(stderr, CONTROL, where);
          if (format[0] === '--json' && /^[[{]/.test(stdout))
            for (const each of stdout.trim().split('\n')) JSON.parse(each);
        }
      }
    });
  }

  it('has none on the fast path, which the bundles answer', async () => {
    for (const words of [
      ['status'],
      ['sessions', '--all', '--json'],
      ['observe', id],
      ['collect', id],
      ['send', EVIL, EVIL],
    ]) {
      const { stdout, stderr } = await home.run(words, { cwd: repo, wholeProcess: true });
      assert.doesNotMatch(stdout + stderr, CONTROL, JSON.stringify(words));
      assert.notEqual(stdout + stderr, '');
    }
  });
});
