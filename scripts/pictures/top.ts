// Takes pictures of the dashboard in real terminals: node --import tsx scripts/pictures/top.ts [FOLDER]
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { until } from '../../src/lib/testing/until.ts';
import { drawPng } from './png.ts';
import { makeStage, type Stage } from './stage.ts';

interface Shot {
  file: string;
  columns: number;
  rows: number;
  background: 'dark' | 'light';
  /** What is typed before the picture is taken, and what the screen shows then. */
  keys: readonly string[];
  shows: RegExp;
}

const shots: readonly Shot[] = [
  { file: 'top-80x24', columns: 80, rows: 24, background: 'dark', keys: [], shows: /Do you want to proceed/ },
  {
    file: 'top-140x40',
    columns: 140,
    rows: 40,
    background: 'dark',
    keys: [],
    shows: /ASKS[\s\S]*\+43/,
  },
  {
    file: 'top-light',
    columns: 120,
    rows: 34,
    background: 'light',
    keys: [],
    shows: /ASKS[\s\S]*\+43/,
  },
  { file: 'top-answer', columns: 100, rows: 30, background: 'dark', keys: ['a'], shows: /Enter takes it/ },
];

const folder = resolve(process.argv[2] ?? 'docs/images');
mkdirSync(folder, { recursive: true });
const stage = await makeStage();
try {
  for (const shot of shots) await take(shot, stage);
} finally {
  stage.end();
}

async function take(shot: Shot, { env, repo }: Stage): Promise<void> {
  const { file, columns, rows, background, keys, shows } = shot;
  const place = mkdtempSync(join(tmpdir(), 'ap-picture-'));
  const tmux = (...words: string[]) =>
    execFileSync('tmux', ['-S', join(place, 'tmux'), '-f', '/dev/null', ...words], { encoding: 'utf8', env });
  const variables = Object.entries({ ...env, COLORTERM: 'truecolor' }).flatMap(([key, value]) => [
    '-e',
    `${key}=${value}`,
  ]);
  const screen = () => tmux('capture-pane', '-p');
  try {
    const command = [process.execPath, resolve('dist/main.js'), 'top', '--background', background];
    tmux(
      'new-session',
      '-d',
      '-x',
      String(columns),
      '-y',
      String(rows),
      ...variables,
      '-c',
      repo,
      ...command,
    );
    await until('the selected worker', () => /Do you want to proceed/.test(screen()), screen);
    for (const key of keys) tmux('send-keys', key);
    await until(String(shows), () => shows.test(screen()), screen);
    const text = tmux('capture-pane', '-pe');
    writeFileSync(join(place, 'screen.txt'), text);
    await drawPng({ text, columns, rows, background, title: 'agentpool top' }, join(folder, `${file}.png`));
    tmux('send-keys', 'C-c');
  } finally {
    try {
      tmux('kill-server');
    } catch {
      // It has ended with the dashboard.
    }
    rmSync(place, { recursive: true, force: true });
  }
}
