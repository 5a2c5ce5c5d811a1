import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { trials } from '../../../lib/testing/trials.ts';
import { TOKEN_FORMATS } from '../detectors/formats/all.ts';
import { formatOf } from '../detectors/formats/format.ts';
import { replaced } from '../redaction.ts';
import { contextKinds, formatKinds, type Kind, keyKinds } from '../testing/kinds.ts';
import { cuts } from '../testing/specimens.ts';
import { ScreenSecrets, type TerminalRow } from './screen.ts';

const COLS = 80;
/** No more characters of a secret in a row are shown than this: the beginning of one whose keyword is in its middle. */
const MOST_SHOWN = 11;
const seed = 15;
/** What every token of a kind begins with: no secret. */
const KEYWORDS = TOKEN_FORMATS.flatMap((row) => formatOf(row).keywords);

/** The rows that a terminal of 80 columns makes of a text. */
const rowsOf = (text: string): TerminalRow[] =>
  text
    .split('\n')
    .flatMap((line) =>
      (line.match(/.{1,80}/gs) ?? ['']).map((part, index) => ({ text: part.trimEnd(), wrapped: index > 0 })),
    );

/** What a recording shows of a screen whose program has printed this much of a text. */
function shownOf(rows: readonly TerminalRow[], secrets = new ScreenSecrets()): string {
  const last = rows.length - 1;
  const cursor = { row: last, offset: rows[last]?.text.length ?? 0 };
  const ranges = secrets.on(rows, { cols: COLS, above: [] }, cursor);
  return rows.map(({ text }, index) => replaced(text, ranges[index] ?? [])).join('\n');
}

/** Characters of a secret in a row that a text shows, if more than may be. */
function leakIn(shown: string, { secrets }: Kind): string | null {
  const squeezed = shown.replace(/\[redacted:[\w-]+\]/g, ' [] ').replace(/[\s│]/g, '');
  for (const secret of secrets) {
    for (let at = 0; at + MOST_SHOWN < secret.length; at++) {
      const part = secret.slice(at, at + MOST_SHOWN + 1);
      if (squeezed.includes(part) && !KEYWORDS.some((keyword) => keyword.includes(part))) return part;
    }
  }
  return null;
}

/** A secret of which so much has been printed. */
const printing = (kinds: fc.Arbitrary<Kind>) => fc.tuple(kinds, fc.double({ min: 0, max: 1, noNaN: true }));
const printed = (text: string, share: number) => text.slice(0, Math.ceil(text.length * share));

describe('a secret that is being printed', () => {
  for (const [name, kinds] of [...formatKinds, ...contextKinds]) {
    it(`shows no beginning of itself: ${name}`, () => {
      fc.assert(
        fc.property(printing(kinds), ([kind, share]) => {
          const shown = shownOf(rowsOf(`before\n${printed(kind.text, share)}`));
          assert.equal(leakIn(shown, kind), null, `${shown} of ${kind.text}`);
        }),
        { numRuns: 15, seed },
      );
    });
  }

  const all = fc
    .constantFrom(...formatKinds, ...contextKinds)
    .chain(([name, kinds]) => kinds.map((kind) => ({ name, kind })));

  it('shows none where a program cuts it over rows, in a box or with an indent', () => {
    fc.assert(
      fc.property(
        all,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom(cuts.bare, cuts.indented, cuts.box),
        fc.integer({ min: 24, max: 78 }),
        ({ kind, name }, share, cut, width) => {
          const shown = shownOf(
            rowsOf(
              printed(kind.text, share)
                .split('\n')
                .map((line) => cut?.(line, width) ?? line)
                .join('\n'),
            ),
          );
          assert.equal(leakIn(shown, kind), null, `${name}: ${shown} of ${kind.text}`);
        },
      ),
      { numRuns: trials(1000), seed },
    );
  });

  it('shows none where something else is in the same row', () => {
    const besides = fc.constantFrom('   Context 12k', ' │', '▌', '█', '…', '  │ Modified files');
    fc.assert(
      fc.property(
        all,
        fc.double({ min: 0, max: 1, noNaN: true }),
        besides,
        ({ kind, name }, share, beside) => {
          const shown = shownOf([
            ...rowsOf(`${printed(kind.text, share)}${beside}`),
            { text: '', wrapped: false },
          ]);
          assert.equal(leakIn(shown, kind), null, `${name}: ${shown} of ${kind.text}`);
        },
      ),
      { numRuns: trials(1000), seed },
    );
  });

  for (const [name, kinds] of keyKinds.filter(([name]) => /^private key/.test(name))) {
    it(`shows no line of itself: ${name}`, () => {
      fc.assert(
        fc.property(printing(kinds), ([kind, share]) => {
          const shown = shownOf(rowsOf(printed(kind.text, share)));
          assert.equal(leakIn(shown, kind), null, `${shown} of ${kind.text}`);
        }),
        { numRuns: trials(60), seed },
      );
    });
  }
});
