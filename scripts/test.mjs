// Runs every test file under src, fixtures, bench and scripts with node:test; arguments select files by their path.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleTests } from './test/bundle.mjs';
import { needTmux } from './test/need-tmux.mjs';

needTmux();

const named = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const flags = process.argv
  .slice(2)
  .filter((argument) => argument.startsWith('-') && argument !== '--slowest');

const found = ['src', 'fixtures', 'bench', 'scripts'].flatMap((root) =>
  readdirSync(root, { recursive: true })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `${root}/${name}`),
);
const files = named.length ? found.filter((file) => named.some((name) => file.includes(name))) : found;
if (files.length === 0) {
  console.error(`no test file matches ${named.join(' ')}`);
  process.exit(1);
}

// The slowest files come first, so that none is left to run alone at the end.
const list = new URL('./test/slowest.txt', import.meta.url);
const slowest = readFileSync(list, 'utf8').split('\n');
const place = (file) => (slowest.includes(file) ? slowest.indexOf(file) : slowest.length);
files.sort((one, other) => place(one) - place(other) || (one < other ? -1 : 1));

// A folder of its own, so that two runs in one checkout do not disturb each other. It has to be below node_modules'
// parent, where the packages are found that cannot be bundled.
const folder = `dist-tests-${process.pid}`;
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const bundles = await bundleTests(files, folder, new Set(slowest));

// The files that start workers wait for them most of the time: two for each core keep every core busy.
const concurrency = 2 * availableParallelism();

const writesList = [
  `--test-reporter=${new URL('./test/slowest.mjs', import.meta.url)}`,
  `--test-reporter-destination=${fileURLToPath(list)}`,
];

const run = spawn(
  process.execPath,
  [
    '--test',
    `--test-concurrency=${concurrency}`,
    `--test-reporter=${new URL('./test/reporter.mjs', import.meta.url)}`,
    '--test-reporter-destination=stdout',
    ...(process.argv.includes('--slowest') ? writesList : []),
    ...flags,
    ...bundles,
  ],
  {
    stdio: 'inherit',
    // Each command of a test would compile the bundles again, for a home of its own.
    env: {
      ...process.env,
      NODE_NO_WARNINGS: '1',
      NODE_COMPILE_CACHE: resolve(folder, 'compiled'),
      // What one file has made and others can copy.
      TESTS_SHARED_FOLDER: resolve(folder),
    },
  },
);
// The tests are ended with this process, and the folder is removed when they have ended.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => run.kill(signal));
run.on('exit', (code) => process.exit(code ?? 1));
