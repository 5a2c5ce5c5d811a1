import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { errorChapters, errorCodes } from './index.ts';

const src = join(import.meta.dirname, '../..');

describe('the catalogue of errors', () => {
  // The compiler checks the other direction: ErrorCode is made of the entries, so no code without one can be thrown.
  it('has no entry that is never thrown', () => {
    const code = sources().join('\n');
    for (const name of Object.keys(errorCodes)) {
      assert.match(code, new RegExp(`['"]${name}['"]`), `${name} is never thrown: remove its entry`);
    }
  });

  it('lists each code in one chapter, in whole sentences', () => {
    const reported = errorChapters.flatMap(([, entries]) => Object.entries(entries));
    assert.deepEqual(reported.map(([name]) => name).sort(), Object.keys(errorCodes).sort());
    for (const [name, { means, fix }] of reported) {
      for (const text of [means, fix])
        assert.match(text, /^[`A-Z\d].*[.?:]$|^[a-z].*[.]$/s, `${name}: ${text}`);
    }
  });
});

function sources(): string[] {
  return readdirSync(src, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.test)\.ts$/.test(entry.name))
    .filter(({ parentPath }) => !/error-codes|testing/.test(parentPath))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
}
