import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { packageRoot } from '../lib/package-root.ts';
import { temporaryFolder } from '../lib/testing/processes.ts';
import { ADDED_AGENT, ADDED_LINE, PROBE } from './testing/added-agent.ts';

/** Copies the product and adds one agent: its folder, and its line in the list. Nothing else is edited. */
function addToCopy(copy: string): void {
  const root = packageRoot();
  cpSync(join(root, 'src'), join(copy, 'src'), {
    recursive: true,
    filter: (path) => !path.endsWith('.test.ts') && !path.endsWith('/testing'),
  });
  for (const name of ['package.json', 'tsconfig.json']) cpSync(join(root, name), join(copy, name));
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const folder = join(copy, 'src', 'agents', 'sample-cli');
  mkdirSync(folder);
  for (const [name, text] of Object.entries(ADDED_AGENT)) writeFileSync(join(folder, name), text);
  const list = join(copy, 'src', 'config', 'provider-ids.ts');
  const lines = readFileSync(list, 'utf8');
  writeFileSync(
    list,
    lines.replace(/^\} as const satisfies/m, (end) => ADDED_LINE + end),
  );
  writeFileSync(join(copy, 'probe.ts'), PROBE);
}

describe('an agent that is added by its folder and its line', () => {
  const copy = temporaryFolder();
  let known: Record<string, unknown> = {};
  before(() => {
    addToCopy(copy);
    const home = join(copy, 'home');
    const printed = execFileSync(process.execPath, ['--import', 'tsx', 'probe.ts', home], { cwd: copy });
    known = JSON.parse(printed.toString());
  });

  it('is in the inventory, with its models', () => {
    const row = known.inventory as Record<string, unknown>;
    assert.deepEqual(
      [row.display_name, row.harness, row.installed, row.binary_path],
      ['Sample CLI', 'sample-cli', true, process.execPath],
    );
    assert.deepEqual(known.models, [['sample-1']]);
  });

  it('is spawned by its short name', () => {
    assert.deepEqual(known.found, [process.execPath]);
    assert.deepEqual(known.launched, ['sample', '--model', 'm', '--', 'Look']);
  });

  it('is asked for its limits, and named in the report on privacy', () => {
    assert.deepEqual(known.limits, ['sample-file']);
    assert.ok((known.privacy as string[]).includes('sample-file'));
  });

  it('has its tokens counted', () => assert.ok((known.tokens as string[]).includes('sample-cli')));

  it('has its screens read by its own rules', () => {
    assert.deepEqual(known.rules, ['sampling']);
    assert.ok((known.ruled as string[]).includes('sample-cli'));
  });

  it('is a target of setup', () => {
    assert.deepEqual(known.setup, [
      { id: 'sample-cli', provider: 'sample-cli', host: 'generic', setup_doc: 'docs/setup/sample.md' },
    ]);
    const targets = known.targets as string[];
    assert.ok(targets.indexOf('sample-cli') > targets.indexOf('opencode'), 'in the order of the list');
  });

  it('has its place in config.yaml', () =>
    assert.deepEqual(known.config, [
      {
        enabled: true,
        binary_candidates: ['sample'],
        command: [process.execPath],
        models: [],
        accounts: [],
        metadata: {},
      },
      false,
      { trust: 'ask', update: 'ask' },
    ]));

  it('leaves nothing that the compiler would want to be filled in', () => {
    const program = join(copy, 'node_modules', '.bin', 'tsc');
    const options = ['--noEmit', '--project', join(copy, 'src-only.json')];
    writeFileSync(join(copy, 'src-only.json'), '{ "extends": "./tsconfig.json", "include": ["src"] }');
    execFileSync(program, options, { cwd: copy, encoding: 'utf8' });
  });
});
