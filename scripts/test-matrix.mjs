// Runs the whole suite on every supported Node. Each version comes from npm's own `node` package, headers included, and
// gets a copy of the tree with its own installation: better-sqlite3 is compiled for it.
//   npm run test:matrix                 Node 20, 22 and 24
//   npm run test:matrix -- 24 mcp       only Node 24, only the files that have this in their path
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

const VERSIONS = ['20', '22', '24'];

const words = process.argv.slice(2);
const versions = words.filter((word) => VERSIONS.includes(word));
const files = words.filter((word) => !VERSIONS.includes(word));

const scratch = mkdtempSync(join(tmpdir(), 'agentpool-matrix-'));
// Tests that run as another user have to read it.
chmodSync(scratch, 0o755);
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

const outcomes = (versions.length > 0 ? versions : VERSIONS).map((version) => ({
  version,
  ...testOn(version),
}));
console.log(outcomes.map(({ version, outcome }) => `Node ${version}: ${outcome}`).join('\n'));
process.exitCode = outcomes.every(({ ok }) => ok) ? 0 : 1;

function testOn(version) {
  const home = join(scratch, version);
  if (run('npm', ['install', '--prefix', home, '--no-audit', '--no-fund', `node@${version}`]) !== 0)
    return { ok: false, outcome: 'cannot be installed' };
  const binary = nodeOf(home);
  const env = {
    ...process.env,
    PATH: `${dirname(binary)}${delimiter}${process.env.PATH}`,
    npm_config_nodedir: join(dirname(binary), '..'),
  };
  const tree = join(home, 'tree');
  for (const file of tracked()) cpSync(file, join(tree, file));
  if (run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: tree, env }) !== 0)
    return { ok: false, outcome: 'npm ci failed' };
  const ok = run('npm', ['test', '--', ...files], { cwd: tree, env }) === 0;
  return { ok, outcome: ok ? 'all tests pass' : 'tests failed' };
}

/** npm hoists the package of this platform, or nests it. */
function nodeOf(home) {
  const platform = `node-${process.platform}-${process.arch}`;
  const places = ['node_modules', 'node_modules/node/node_modules'];
  const found = places
    .map((place) => join(home, place, platform, 'bin', 'node'))
    .find((path) => existsSync(path));
  if (!found) throw new Error(`npm has no ${platform}`);
  return found;
}

/** The tracked and untracked files that git does not ignore. */
function tracked() {
  const listed = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8',
  });
  return listed.stdout.split('\0').filter((file) => file && existsSync(file));
}

function run(program, args, options = {}) {
  console.log(`$ ${program} ${args.join(' ')}`);
  return spawnSync(program, args, { stdio: 'inherit', ...options }).status;
}
