import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { anyCharacter } from '../lib/testing/any-character.ts';
import { scratchFolder } from '../lib/testing/scratch.ts';
import { DEFAULT_PREFERENCES, initPreferences, preferencesDigest, readPreferences } from './preferences.ts';

const scratch = scratchFolder();
const now = new Date('2026-03-04T05:06:07.089Z');

function file(text?: string | Buffer): string {
  const path = join(mkdtempSync(join(scratch, 'home-')), 'preferences.md');
  if (text !== undefined) writeFileSync(path, text);
  return path;
}

describe('the digest of the preferences', () => {
  it('is their list items, each on one line, without the rest', () => {
    const text = `# Mine

Some words before.

<!-- - not this, a note to myself -->
- Explore with cursor-cli
  on the fast model.
* Ask before **overage**.
1. Collect, then
terminate.

| a | table |
\`\`\`
- not this, code
\`\`\`
- [ ] An open point
`;
    assert.deepEqual(preferencesDigest(text), [
      'Explore with cursor-cli on the fast model.',
      'Ask before **overage**.',
      'Collect, then terminate.',
      'An open point',
    ]);
  });

  it('is their paragraphs if they have no list', () => {
    assert.deepEqual(preferencesDigest('# Mine\n\nNever use X.\nReally.\n\nUse Y.\n'), [
      'Never use X. Really.',
      'Use Y.',
    ]);
  });

  it('is bounded and safe to print, whatever their content', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, maxLength: 3000 }), fc.nat(30), (text, times) => {
        const digest = preferencesDigest(`- ${text}\n`.repeat(times));
        assert.ok(digest.length <= 8);
        for (const point of digest) {
          assert.ok(point.length <= 240);
          assert.doesNotMatch(point, /\p{Cc}/u);
        }
      }),
    );
  });

  it('of the template has the most important points', () => {
    const digest = preferencesDigest(DEFAULT_PREFERENCES);
    assert.ok(digest.length >= 5);
    assert.match(digest.join('\n'), /usage-summary/);
    assert.match(digest.join('\n'), /no `auto`/);
  });
});

describe('the preferences', () => {
  it('are the template if there is no file', () => {
    const path = file();
    const read = readPreferences(path, { text: true });
    assert.equal(read.exists, false);
    assert.equal(read.using_default_template, true);
    assert.equal(read.text, DEFAULT_PREFERENCES);
    assert.equal(read.resource_uri, 'agentpool://preferences.md');
    assert.equal('text' in readPreferences(path), false);
  });

  it('are what the user wrote', () => {
    const read = readPreferences(file('- Never on Fridays\n'), { text: true });
    assert.deepEqual(read.digest, ['Never on Fridays']);
    assert.equal(read.using_default_template, false);
    assert.equal(read.text, '- Never on Fridays\n');
  });

  it('never fail a command: an unreadable file is a warning', () => {
    const folder = file();
    mkdirSync(folder);
    for (const [path, reason] of [
      [folder, /is a folder/],
      [file(Buffer.from([0x2d, 0x20, 0xff])), /is not UTF-8/],
      [file('x'.repeat(300 * 1024)), /more than 256 KiB/],
    ] as const) {
      const read = readPreferences(path);
      assert.match(read.warning ?? '', reason);
      assert.deepEqual(read.digest, []);
    }
  });
});

describe('writing the preferences', () => {
  it('writes the template once, if there is no file', () => {
    const path = file();
    const first = initPreferences(path, { now });
    assert.equal(first.changed, true);
    assert.equal(first.exists, true);
    assert.equal(readFileSync(path, 'utf8'), DEFAULT_PREFERENCES);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(initPreferences(path, { now }).changed, false);
  });

  it('keeps what the user wrote', () => {
    const path = file('- Mine\n');
    const again = initPreferences(path, { now });
    assert.equal(again.changed, false);
    assert.match(again.reason, /already exist/);
    assert.equal(again.text, '- Mine\n');
  });

  it('with force makes a backup, and another one when forced again', () => {
    const path = file('- Mine\n');
    const forced = initPreferences(path, { force: true, now });
    assert.equal(forced.backup_path, `${path}.20260304T050607Z.bak`);
    assert.equal(readFileSync(forced.backup_path ?? '', 'utf8'), '- Mine\n');
    writeFileSync(path, '- Mine again\n');
    const twice = initPreferences(path, { force: true, now });
    assert.equal(readFileSync(twice.backup_path ?? '', 'utf8'), '- Mine again\n');
    assert.equal(initPreferences(path, { force: true, now }).changed, false);
  });

  it('writes nothing in a dry run', () => {
    const path = file('- Mine\n');
    const dry = initPreferences(path, { force: true, dryRun: true, now });
    assert.deepEqual([dry.changed, dry.would_write, dry.would_backup], [false, true, true]);
    assert.deepEqual(readdirSync(join(path, '..')), ['preferences.md']);
  });
});
