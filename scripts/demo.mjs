// Demonstrates the main job step by step: spawns a (fake) worker in tmux, which asks, is answered and completes,
// collects and ends it, then replays and verifies its history. Another one waits for the reset of a limit. Needs only
// tmux and git.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { needTmux } from './test/need-tmux.mjs';

const main = resolve('dist/main.js');
const bold = (text) => (process.stdout.isTTY && !process.env.NO_COLOR ? `\u001b[1m${text}\u001b[22m` : text);
const step = (text) => console.log(`\n${bold(text)}`);
const start = Date.now();

needTmux();
if (!existsSync(main)) {
  console.error('dist/ is missing. Run: npm ci');
  process.exit(1);
}

const ground = mkdtempSync(join(tmpdir(), 'agentpool-demo-'));
const home = join(ground, 'home');
const repo = join(ground, 'project');
mkdirSync(repo);
const env = { ...process.env, AGENTPOOL_HOME: home };

function run(command, words, cwd = repo) {
  const { status, stdout, stderr } = spawnSync(command, words, { cwd, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${words.join(' ')} failed:\n${stderr}${stdout}`);
  return stdout;
}

function agentpool(...words) {
  console.log(
    `  $ agentpool ${words.map((word) => (/\s/.test(word) ? JSON.stringify(word) : word)).join(' ')}`,
  );
  const output = run(process.execPath, [main, ...words]);
  console.log(output.trimEnd().replace(/^/gm, '    '));
}

try {
  run('git', ['init', '-q']);
  writeFileSync(join(repo, 'notes.txt'), 'two things to do: the migrations, the endpoints\n');
  run('git', ['add', '.']);
  run('git', ['-c', 'user.name=demo', '-c', 'user.email=demo@example.com', 'commit', '-qm', 'first']);

  step('1. You hand a task to a worker. It gets its own terminal and git worktree.');
  agentpool(
    'spawn',
    '--provider',
    'fake-question',
    '--isolation',
    'worktree',
    '--task',
    'Plan the next step',
  );

  step('2. You wait until it needs you. It asks a question.');
  agentpool(
    'observe',
    '@last',
    '--wait-for',
    'question',
    '--timeout',
    '30',
    '--detail',
    'excerpt',
    '--max-lines',
    '3',
  );

  step('3. You answer. The whole text arrives as one message.');
  agentpool('send', '@last', 'the migrations first');

  step('4. You wait until it completes.');
  agentpool('observe', '@last', '--wait-for', 'completed', '--timeout', '30');

  step('5. You collect its results.');
  agentpool('collect', '@last');

  step('6. You end it, with everything that it started.');
  agentpool('terminate', '@last');

  step('7. Every step is an event in an append-only log. You replay and verify it.');
  agentpool('replay', '@last', '--verify');
  agentpool('ledger', 'verify');
  agentpool('worktrees', 'cleanup', '--session-id', '@last');

  step('8. Another worker hits the limit of its subscription in the middle of an edit. It is to wait.');
  agentpool(
    'spawn',
    '--provider',
    'fake-limit-wait',
    '--isolation',
    'worktree',
    '--role',
    'implementer',
    '--on-limit',
    'wait',
    '--task',
    'Finish the edit; the limit resets in 6 s',
  );
  agentpool('observe', '@last', '--wait-for', 'PARKED', '--timeout', '30');
  agentpool('sessions', '--limit', '1');

  step('9. After the reset it is continued, and completes.');
  agentpool('observe', '@last', '--wait-for', 'completed', '--timeout', '60');
  agentpool('collect', '@last');
  agentpool('terminate', '@last');
  agentpool('replay', '@last', '--verify');
  agentpool('worktrees', 'cleanup', '--session-id', '@last', '--force');

  step(`Those were two workers from start to end, in ${((Date.now() - start) / 1000).toFixed(1)} s.`);
  console.log('  The demo left nothing behind. Next, with your own agents: agentpool init, agentpool doctor');
} finally {
  spawnSync(process.execPath, [main, 'terminate', '@last'], { cwd: repo, env });
  spawnSync(process.execPath, [main, 'watcher', 'stop'], { cwd: repo, env });
  rmSync(ground, { recursive: true, force: true });
}
