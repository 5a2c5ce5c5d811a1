// Runs the whole suite on every Node that is supported. Each version comes from npm's own `node` package, headers
// included, and gets a copy of the tree and an installation of its own: better-sqlite3 is compiled for it.
//   npm run test:matrix                 Node 20, 22 and 24
//   npm run test:matrix -- 24 mcp       only Node 24, only the files that have this in their path
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

const VERSIONS = ['20', '22', '24'];

const words = process.argv.slice(2);
const asked = words.filter((word) => VERSIONS.includes(word));
const files = words.filter((word) => !VERSIONS.includes(word));

const scratch = mkdtempSync(join(tmpdir(), 'agentpool-matrix-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

const outcomes = (asked.length > 0 ? asked : VERSIONS).map((version) => ({ version, ...tested(version) }));
console.log(outcomes.map(({ version, says }) => `Node ${version}: ${says}`).join('\n'));
process.exitCode = outcomes.every(({ ok }) => ok) ? 0 : 1;

function tested(version) {
  const home = join(scratch, version);
  if (run('npm', ['install', '--prefix', home, '--no-audit', '--no-fund', `node@${version}`]) !== 0)
    return { ok: false, says: 'can not be installed' };
  const binary = nodeOf(home);
  const env = {
    ...process.env,
    PATH: `${dirname(binary)}${delimiter}${process.env.PATH}`,
    npm_config_nodedir: join(dirname(binary), '..'),
  };
  const tree = join(home, 'tree');
  for (const file of tracked()) cpSync(file, join(tree, file));
  if (run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: tree, env }) !== 0)
    return { ok: false, says: 'npm ci failed' };
  const ok = run('npm', ['test', '--', ...files], { cwd: tree, env }) === 0;
  return { ok, says: ok ? 'all tests pass' : 'tests failed' };
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

/** What is committed or about to be, as it lies here. */
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
