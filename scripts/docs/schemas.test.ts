import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { commands } from '../../src/cli/commands/index.ts';
import { ledgerHome } from '../../src/cli/testing/ledger-home.ts';
import { run } from '../../src/cli/testing/run.ts';
import { packageRoot } from '../../src/lib/package-root.ts';
import { type PublishedSchema, publishedSchemas, schemasPage, schemaText } from './schemas.ts';

const folder = join(packageRoot(), 'docs', 'schemas');
const written = (file: string) => readFileSync(join(folder, file), 'utf8');

describe('docs/schemas', () => {
  let published: PublishedSchema[];
  before(async () => {
    published = await publishedSchemas();
  });

  it('holds the schemas of the commands, and nothing else (npm run docs writes it)', () => {
    const files = ['README.md', ...published.map(({ file }) => file)];
    assert.deepEqual(readdirSync(folder).sort(), files.sort());
    assert.equal(written('README.md'), schemasPage(published));
    for (const schema of published) assert.equal(written(schema.file), schemaText(schema), schema.file);
  });

  it('has a schema for every command, or the command declares that it prints none', async () => {
    for (const [path, load] of Object.entries(commands)) {
      const { report } = (await load()).default as { report?: unknown };
      assert.notEqual(report, undefined, `${path} does not say what it prints with --json: static report`);
    }
  });

  it('adds nothing to the fast path: no schema is bundled with it', () => {
    // TypeBox marks each schema with the key '~kind'.
    const bundled = (name: string) =>
      readFileSync(join(packageRoot(), 'dist', name), 'utf8').includes('~kind');
    assert.ok(bundled('agentpool.js'));
    assert.ok(!bundled('main.js'));
  });
});

describe('what is printed with --json', () => {
  const answers = [
    'sessions',
    'session show @last',
    'status',
    'stats',
    'usage-summary',
    'capacity-summary',
    'usage --cached',
    'tokens',
    'providers',
    'inventory',
    'models',
    'models validate',
    'artifacts @last',
    'transcript @last',
    'attach @last',
    'terminate @last --dry-run',
    'replay @last',
    'replay @last --at v2',
    'replay --all --verify',
    'events',
    'leases list',
    'ledger verify',
    'ledger stats',
    'ledger rebuild',
    'watcher status',
    'watcher stop',
    'watcher log',
    'detectors list',
    'detectors validate',
    'detectors path',
    'config path',
    'config print',
    'config validate',
    'preferences',
    'preferences path',
    'preferences init --dry-run',
    'init --dry-run',
    'onboard',
    'skills list',
    'skills get agentpool',
    'skills path',
    'mcp-config --client generic',
    'doctor --deep --privacy',
  ];

  // `run` validates every output against its schema.
  for (const words of answers) {
    it(`matches its schema: ${words}`, async () => {
      const home = await ledgerHome('question-answered');
      const { stdout, lines } = await run(home, [...words.split(' '), '--json']);
      const reported = lines();
      assert.ok(reported.length > 0, stdout);
      assert.ok(
        reported.every((answer) => !('error' in answer)),
        stdout,
      );
    });
  }

  it('is an error that matches error.json if the command is refused', async () => {
    const home = await ledgerHome();
    const { code, json } = await run(home, ['observe', 'nobody', '--json']);
    assert.equal(code, 1);
    assert.equal(json<{ error: { code: string } }>().error.code, 'TMUX_SESSION_NOT_FOUND');
  });
});
