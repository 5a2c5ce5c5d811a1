import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { screenRules } from '../../../agents/screen-rules.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { temporaryFolder } from '../../../lib/testing/processes.ts';
import { ruleProblems } from '../../../workers/core/setup/config-problems.ts';
import { classify } from '../classify.ts';
import { screenFromText } from '../screen/screen-from-text.ts';
import { checkRuleFile } from './rule-file.ts';
import { backtracks, UsersPattern, withinLimit } from './users-pattern.ts';

const folder = temporaryFolder();

function ruleFile(content: string | Buffer, provider = 'claude-code'): string {
  const file = join(folder, `${provider}.yaml`);
  writeFileSync(file, content);
  return file;
}

const rule = (condition: string): string =>
  `provider: claude-code\nrules:\n  - name: mine\n    yields: working\n    region: screen\n    when: [${condition}]\n`;

/** Patterns that take exponential time on a text that they nearly match. */
const endless = fc
  .record({
    atom: fc.constantFrom('a', '\\w', '[a-z]', '\\d', '[^x]', '(?:ab)', '(?:a|a)'),
    inner: fc.constantFrom('+', '*', '{1,20}'),
    outer: fc.constantFrom('+', '*', '{2,}'),
    before: fc.constantFrom('', '^', '^Working '),
  })
  .map(({ atom, inner, outer, before }) => `${before}(?:${atom}${inner})${outer}$`);

const harmless = fc.constantFrom(
  '^\\s*[─━]{4,}',
  '(?:esc|ctrl\\+c) to (?:cancel|interrupt)',
  '^[✻✽] .*… \\((\\d+)s',
  '^(\\d+)\\. (.+)$',
  'limit.*resets at (.+?) \\(',
);

describe('a pattern of your own', () => {
  it('that backtracks without end is recognised, and no other', () => {
    fc.assert(
      fc.property(endless, (source) => {
        // Without end is also more than a tenth of the usual time, of which each takes all.
        assert.equal(backtracks(new UsersPattern(source, 'u'), 100), true, source);
      }),
      { numRuns: 3, seed: 7 },
    );
    fc.assert(
      fc.property(harmless, (source) => {
        assert.equal(backtracks(new UsersPattern(source, 'gu')), false, source);
      }),
    );
  });

  it('is given up in whatever way it is used, and the next one works', () => {
    const slow = UsersPattern.at(/(a+)+$/gu, 'my.yaml: rule mine');
    const text = `${'a'.repeat(60)}!`;
    const uses: (() => unknown)[] = [
      () => slow.test(text),
      () => slow.exec(text),
      () => [...text.matchAll(slow)],
      () => text.replace(slow, ''),
    ];
    for (const use of uses) {
      const refusal = (error: unknown) => error instanceof AgentPoolError && error.code === 'RULES_INVALID';
      assert.throws(() => withinLimit(use, 50), refusal);
      slow.lastIndex = 0;
    }
    assert.throws(
      () => withinLimit(() => slow.test(text), 50),
      /my\.yaml: rule mine: the pattern \(a\+\)\+\$/,
    );
    assert.equal(
      withinLimit(() => new UsersPattern('a').test('a')),
      true,
    );
  });

  it('on a screen on which it never ends does not keep the caller waiting', () => {
    // Without characters of its own it is not found beforehand.
    ruleFile(rule(`{ text: '(?:[\\u2580-\\u259f]+)+$' }`));
    const rules = screenRules('claude-code', folder);
    assert.throws(
      () => classify(screenFromText(`${'▀'.repeat(60)}!`), rules),
      /claude-code\.yaml: rule mine: .* takes more than 2000 ms/,
    );
    assert.equal(classify(screenFromText('nothing'), rules).label, 'unknown');
  });
});

describe('a rule file', () => {
  const broken: [what: string, content: string | Buffer, says: RegExp][] = [
    ['no YAML', 'rules: [1,\n b: }', /not YAML/],
    ['nothing', '', /must be object/],
    ['no text', Buffer.from([0xff, 0xfe, 0, 1, 2, 0x80]), /is not UTF-8/],
    ['megabytes', 'x'.repeat(2 * 1024 * 1024), /2 MiB, more than 1 MiB/],
    ['another shape', 'provider: claude-code\nrules: 5\n', /rules must be array/],
    ['an invalid pattern', rule(`{ line: '(' }`), /rule mine: Invalid regular expression/],
    [
      'an endless pattern',
      rule(`{ line: '^(\\w+\\s?)*$' }`),
      /rule mine: the pattern backtracks without end/,
    ],
    ['a bomb of aliases', `a: &a [x]\n${'b: &b [*a, *a]\n'.repeat(3)}`, /not YAML|file must/],
  ];
  for (const [what, content, says] of broken) {
    it(`with ${what} is a problem with its file and line`, () => {
      const file = ruleFile(content);
      assert.match(ruleProblems(folder).join('\n'), says);
      assert.ok(checkRuleFile(file).every((problem) => problem.file === file && problem.what !== ''));
      if (!says.source.includes('backtracks'))
        assert.throws(() => screenRules('claude-code', folder), { code: 'RULES_INVALID' });
    });
  }

  it('that is a folder, or whose folder is a file, is a problem and no crash', () => {
    const place = temporaryFolder();
    mkdirSync(join(place, 'claude-code.yaml'));
    assert.match(ruleProblems(place).join(), /claude-code\.yaml:0: the file is a folder/);
    assert.throws(() => screenRules('claude-code', place), { code: 'RULES_INVALID' });
    const file = join(place, 'file');
    writeFileSync(file, '');
    assert.match(ruleProblems(file).join(), /something of another kind is in its place/);
    screenRules('claude-code', file);
  });

  it('that may not be read is a problem', { skip: process.getuid?.() === 0 && 'root may read all' }, () => {
    const place = temporaryFolder();
    const file = join(place, 'claude-code.yaml');
    writeFileSync(file, '');
    chmodSync(file, 0);
    assert.match(ruleProblems(place).join(), /may not be read by you/);
  });
});
