// Runs every test file under src, fixtures, bench and scripts with node:test; arguments select files by their path.
// Node 20's --test takes no glob patterns, so the files are found here.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { needTmux } from './need-tmux.mjs';

needTmux();

const named = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const flags = process.argv.slice(2).filter((argument) => argument.startsWith('-'));

const found = ['src', 'fixtures', 'bench', 'scripts'].flatMap((root) =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map((entry) => `${entry.parentPath}/${entry.name}`),
);
const files = named.length ? found.filter((file) => named.some((name) => file.includes(name))) : found;
if (files.length === 0) {
  console.error(`no test file matches ${named.join(' ')}`);
  process.exit(1);
}

const concurrency = `--test-concurrency=${availableParallelism() + 1}`;
const reporter = new URL('./test-reporter.mjs', import.meta.url);
const run = spawnSync(
  process.execPath,
  [
    '--import',
    'tsx',
    '--test',
    concurrency,
    `--test-reporter=${reporter}`,
    '--test-reporter-destination=stdout',
    ...flags,
    ...files.sort(),
  ],
  { stdio: 'inherit', env: { ...process.env, NODE_NO_WARNINGS: '1' } },
);
process.exit(run.status ?? 1);
