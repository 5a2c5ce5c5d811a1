// The main job, told step by step while it happens: a real (fake) worker in tmux is spawned, asks, is answered,
// completes, is collected and ended; then its history is told again and proved. Needs nothing but tmux and git.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { needTmux } from './need-tmux.mjs';

const main = resolve('dist/main.js');
const bold = (text) => (process.stdout.isTTY && !process.env.NO_COLOR ? `\u001b[1m${text}\u001b[22m` : text);
const tell = (text) => console.log(`\n${bold(text)}`);
const begun = Date.now();

needTmux();
if (!existsSync(main)) {
  console.error('dist/ is missing. Type: npm ci');
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
  const said = run(process.execPath, [main, ...words]);
  console.log(said.trimEnd().replace(/^/gm, '    '));
}

try {
  run('git', ['init', '-q']);
  writeFileSync(join(repo, 'notes.txt'), 'two things to do: the migrations, the endpoints\n');
  run('git', ['add', '.']);
  run('git', ['-c', 'user.name=demo', '-c', 'user.email=demo@example.com', 'commit', '-qm', 'first']);

  tell('1. You hand a task to a worker. It gets a terminal and a git worktree of its own.');
  agentpool(
    'spawn',
    '--provider',
    'fake-question',
    '--isolation',
    'worktree',
    '--task',
    'Plan the next step',
  );

  tell('2. You wait until it needs you. It asks something.');
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

  tell('3. You answer. The whole text arrives as one message.');
  agentpool('send', '@last', 'the migrations first');

  tell('4. You wait for the end.');
  agentpool('observe', '@last', '--wait-for', 'completed', '--timeout', '30');

  tell('5. You gather what it made.');
  agentpool('collect', '@last');

  tell('6. You end it, with everything that it started.');
  agentpool('terminate', '@last');

  tell('7. Every step was an event in an append-only log. It is told again, and proved.');
  agentpool('replay', '@last', '--verify');
  agentpool('ledger', 'verify');
  agentpool('worktrees', 'cleanup', '--session-id', '@last');

  tell(`That was the whole life of a worker, in ${((Date.now() - begun) / 1000).toFixed(1)} s.`);
  console.log('  Nothing of it is left here. Now with agents of your own: agentpool init, agentpool doctor');
} finally {
  spawnSync(process.execPath, [main, 'terminate', '@last'], { cwd: repo, env });
  spawnSync(process.execPath, [main, 'watcher', 'stop'], { cwd: repo, env });
  rmSync(ground, { recursive: true, force: true });
}
