import fc from 'fast-check';
import type { Picture, PictureRow, RunTuple } from '../format.ts';

const colour = fc.option(fc.constantFrom('1', '250', '#ff8700', '#0a0b0c'));

/** Words as terminals show them, among them wide, joined and hostile ones. */
const word = fc.constantFrom(
  ...['', 'a', 'npm test', '日本語', '👩‍💻', '─────', '<script>', '"\\', 'é', '\u2028', '\ud83d'],
);

const runs = (cols: number): fc.Arbitrary<RunTuple[]> =>
  fc.array(
    fc
      .tuple(fc.nat(cols - 1), fc.integer({ min: 1, max: cols }), fc.nat(15), colour, colour)
      .map(([start, length, flags, fg, bg]): RunTuple => [start, start + length, flags, fg, bg]),
    { maxLength: 4 },
  );

const row = (cols: number): fc.Arbitrary<PictureRow> =>
  fc
    .tuple(fc.array(word, { maxLength: 6 }), runs(cols))
    .map(([words, styled]) => ({ text: words.join(' ').trimEnd(), runs: styled }));

/** A screen of this size. */
export const pictureOfSize = (cols: number, rows: number): fc.Arbitrary<Picture> =>
  fc
    .tuple(
      fc.array(row(cols), { minLength: rows, maxLength: rows }),
      fc.option(fc.tuple(fc.nat(rows - 1), fc.nat(cols - 1))),
    )
    .map(([shown, cursor]) => ({ cols, rows: shown, cursor }));

const sizes = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 12 }));

/** Two screens of the same size. */
export const twoPictures: fc.Arbitrary<[Picture, Picture]> = sizes.chain(([cols, rows]) =>
  fc.tuple(pictureOfSize(cols, rows), pictureOfSize(cols, rows)),
);

/** What a terminal shows one after the other; its size may change. */
export const showings: fc.Arbitrary<Picture[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: pictureOfSize(20, 5) },
    sizes.chain(([cols, rows]) => pictureOfSize(cols, rows)),
  ),
  { minLength: 1, maxLength: 12 },
);
