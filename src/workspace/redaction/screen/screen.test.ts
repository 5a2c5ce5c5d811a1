import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { redactBytes } from '../bytes.ts';
import { leftOf } from '../testing/kinds.ts';
import { privateKeys, tokens } from '../testing/specimens.ts';
import { redactScreen, type TerminalRow } from './screen.ts';

const cols = 40;
/** The rows that a terminal makes of lines. */
const rowsOf = (lines: readonly string[]): TerminalRow[] =>
  lines.flatMap((line) =>
    (line.match(/.{1,40}/gs) ?? ['']).map((text, index) => ({ text: text.trimEnd(), wrapped: index > 0 })),
  );

describe('a screen', () => {
  it('shows no part of a key whose first line has scrolled off', () => {
    fc.assert(
      fc.property(privateKeys, fc.integer({ min: 1, max: 3 }), (key, scrolled) => {
        const rows = rowsOf([...key.slice(scrolled), '$ ls']);
        const shown = redactScreen(rows, { cols, above: ['$ cat key.pem', ...key.slice(0, scrolled)] });
        assert.equal(shown.length, rows.length);
        assert.equal(
          leftOf(shown.join('\n'), { text: '', secrets: key.slice(1, -1) }),
          null,
          shown.join('\n'),
        );
        assert.equal(shown.at(-1), '$ ls');
      }),
    );
  });

  it('shows no part of a token that the terminal has wrapped, whatever the next line is', () => {
    const any = fc.oneof(...Object.values(tokens));
    const next = fc.constantFrom('DEBUG=1', 'a1b2c3', 'done', '@host', 'https://example.com');
    fc.assert(
      fc.property(any, next, fc.integer({ min: 0, max: 39 }), (token, line, indent) => {
        const rows = rowsOf([`${' '.repeat(indent)}${token}`, line]);
        const shown = redactScreen(rows, { cols, above: [] });
        assert.equal(leftOf(shown.join('\n'), { text: '', secrets: [token] }), null, shown.join('\n'));
      }),
    );
  });
});

describe('bytes', () => {
  it('lose their secrets and nothing else, in any encoding', () => {
    const token = `gh${'p_'}${'a1B2'.repeat(9)}`;
    const hidden = `${token.slice(0, 9)}\u200b${token.slice(9)}`;
    const latin1 = Buffer.from('caf\xe9 \xff\n', 'latin1');
    const content = Buffer.concat([latin1, Buffer.from(`é ${token}\n${hidden}\n`), latin1]);
    const mark = '[redacted:github-token]';
    assert.deepEqual(
      redactBytes(content),
      Buffer.concat([latin1, Buffer.from(`é ${mark}\n${mark}\n`), latin1]),
    );
    assert.deepEqual(redactBytes(latin1), latin1);
  });
});
