// Drives the real agents from npm through AgentPool against a mock of the model APIs on 127.0.0.1: no account, no
// network except the registry for the installation, temporary homes. Not part of `npm test`.
//   npm run test:real                   all of it
//   npm run test:real -- claude-code    only the files that have this in their path
// The agents, the conformance suite and the inspector are installed into a scratch folder; AGENTPOOL_REAL_AGENTS and
// AGENTPOOL_REAL_TOOLS name folders to keep them in.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const AGENTS = {
  claude: '@anthropic-ai/claude-code@2.1.332',
  codex: '@openai/codex@0.171.0',
  opencode: 'opencode-ai@1.18.33',
  copilot: '@github/copilot@1.0.102',
  droid: 'droid@0.215.0',
  grok: '@xai-official/grok@1.0.41',
  cn: '@continuedev/cli@1.5.47',
};

/** Installed only where a file of one of them is run, as most of them need Node 22, which is then first on PATH. */
const NEWER = {
  gemini: '@google/gemini-cli@0.61.0',
  qwen: '@qwen-code/qwen-code@0.24.4',
  pi: '@earendil-works/pi-coding-agent@1.6.0',
  kimi: '@moonshot-ai/kimi-code@2.1.0',
  node: 'node@22',
};

/** Large, and needed by one file. */
const KILO = { kilo: '@kilocode/cli@7.7.9' };

/** What a file needs besides the agents. The protocol's own suite and the inspector need Node 22. */
const TOOLS = {
  conformance: { conformance: '@modelcontextprotocol/conformance@0.1.16', node: 'node@22' },
  hosts: {
    gemini: '@google/gemini-cli@0.61.0',
    'mcp-inspector': '@modelcontextprotocol/inspector@2.12.0',
    node: 'node@22',
  },
};

const scratch = mkdtempSync(join(tmpdir(), 'agentpool-real-'));
const agents = process.env.AGENTPOOL_REAL_AGENTS ?? scratch;
const tools = process.env.AGENTPOOL_REAL_TOOLS ?? join(scratch, 'tools');
const table = join(scratch, 'table.ndjson');
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

/** Installs what is missing in the folder: program -> package. */
function install(folder, packages) {
  const missing = Object.keys(packages).filter(
    (name) => !existsSync(join(folder, 'node_modules', '.bin', name)),
  );
  if (missing.length === 0) return;
  console.log(`installing ${missing.join(', ')} into ${folder}`);
  const quiet = ['--no-audit', '--no-fund'];
  const words = ['install', '--prefix', folder, ...quiet, ...missing.map((name) => packages[name])];
  const { status, error, stderr } = spawnSync('npm', words, { encoding: 'utf8' });
  if (status !== 0) {
    console.error(
      `${missing.join(', ')} cannot be installed, so nothing was tested: ${error?.message ?? stderr}`,
    );
    process.exit(1);
  }
}

const named = process.argv.slice(2);
const chosen = readdirSync('fixtures/real').filter(
  (name) =>
    name.endsWith('.test-real.ts') && (named.length === 0 || named.some((word) => name.includes(word))),
);
for (const [file, packages] of Object.entries(TOOLS)) {
  if (chosen.some((name) => name.startsWith(file))) install(tools, packages);
}
if (chosen.some((name) => !name.startsWith('conformance'))) install(agents, AGENTS);
if (chosen.some((name) => /^(?:gemini-cli|qwen-code|pi|kimi-code)\./.test(name))) install(agents, NEWER);
if (chosen.some((name) => name.startsWith('kilo.'))) install(agents, KILO);
if (!existsSync('dist/main.js')) {
  console.error('dist/ is missing. Run: npm run build');
  process.exit(1);
}

const files = chosen.map((name) => join('fixtures', 'real', name));
// In sequence: each of them keeps a machine busy.
const run = spawnSync(process.execPath, ['--import', 'tsx', '--test', '--test-concurrency=1', ...files], {
  stdio: 'inherit',
  env: {
    ...process.env,
    AGENTPOOL_REAL_AGENTS: agents,
    AGENTPOOL_REAL_TOOLS: tools,
    AGENTPOOL_REAL_TABLE: table,
  },
});

if (existsSync(table)) {
  const rows = readFileSync(table, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const cells = rows.map(({ agent, version, step, seen, ms }) => [
    agent,
    version,
    step,
    seen,
    ms === null ? '' : `${ms}`,
  ]);
  const head = ['agent', 'version', 'step', 'seen', 'after ms'];
  const widths = head.map((_, column) => Math.max(...[head, ...cells].map((row) => row[column].length)));
  console.log();
  for (const row of [head, ...cells]) {
    console.log(
      row
        .map((cell, column) => (column === 4 ? cell.padStart(widths[4]) : cell.padEnd(widths[column])))
        .join('  '),
    );
  }
}
process.exit(run.status ?? 1);
