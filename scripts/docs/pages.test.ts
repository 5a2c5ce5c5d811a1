import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { commands } from '../../src/cli/commands/index.ts';
import { everyGrammar } from '../../src/cli/grammar/every.ts';
import { errorCodes } from '../../src/lib/error-codes/index.ts';
import { cliMarkdown } from './cli.ts';
import { withErrors } from './troubleshooting.ts';

const page = (name: string) => readFileSync(join(import.meta.dirname, '../../docs', name), 'utf8');
const stale = (name: string) => `docs/${name} is out of date; write it with: npm run docs`;

describe('docs/cli.md', () => {
  it('matches the declarations of the commands', async () => {
    assert.ok(page('cli.md') === cliMarkdown(await everyGrammar(commands)), stale('cli.md'));
  });
});

describe('docs/troubleshooting.md', () => {
  it('lists every error of the catalogue', () => {
    const written = page('troubleshooting.md');
    assert.ok(written === withErrors(written), stale('troubleshooting.md'));
    for (const code of Object.keys(errorCodes)) assert.match(written, new RegExp(`^#### ${code}$`, 'm'));
  });
});
