import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Picture, Piece, RunTuple } from '../../../terminal/recording/format.ts';
import { frameBetween, isSameSize, pictureOf } from '../../../terminal/recording/frames.ts';
import { Emulator, IGNORING } from '../../../terminal/screen/emulator.ts';
import { castLines } from './cast.ts';
import type { Mark } from './marks.ts';

const START = Date.parse('2026-11-30T08:00:00.000Z');

/** A recording of these pictures, one every 100 ms, in a new piece where the size changes. */
function piecesOf(pictures: readonly Picture[]): Piece[] {
  const pieces: Piece[] = [];
  for (const [index, picture] of pictures.entries()) {
    const before = pictures[index - 1];
    const at = START + index * 100;
    if (!before || !isSameSize(before, picture)) {
      const { cols, rows } = picture;
      const started_at = new Date(at).toISOString();
      pieces.push({
        head: { version: 1, session_id: 'ap_a', run: 1, cols, rows: rows.length, started_at },
        frames: [],
      });
    }
    const piece = pieces.at(-1);
    const isFirst = piece?.frames.length === 0;
    const ms = at - Date.parse(piece?.head.started_at ?? '');
    const frame = frameBetween(isFirst ? null : (before ?? null), picture, ms);
    if (frame) piece?.frames.push(frame);
  }
  return pieces;
}

async function castOf(pieces: readonly Piece[], marks: readonly Mark[] = []): Promise<string[]> {
  async function* all() {
    yield* pieces;
  }
  const lines: string[] = [];
  for await (const line of castLines(all(), { title: 'a title', marks })) lines.push(line);
  return lines;
}

const parsed = (lines: readonly string[]) => lines.map((line) => JSON.parse(line));

/** Text that fills rows, with wide, joined and combining characters, as a terminal holds it. */
const words = fc.constantFrom('npm test', '日本語', 'é', 'ok', '─────', '🚀', 'x'.repeat(30));
const colour = fc.option(fc.constantFrom('1', '12', '250', '#ff8700'));
const styled = fc
  .tuple(words, fc.nat(15), colour, colour)
  .map(([text, flags, fg, bg]) => sgr(flags, fg, bg) + text);
const sgr = (flags: number, fg: string | null, bg: string | null) => {
  const of = (value: string, base: number) =>
    value.startsWith('#') ? `${base};2;255;135;0` : `${base};5;${value}`;
  const names = [1, 2, 3, 7].filter((_, bit) => flags & (1 << bit));
  return `\u001b[${['0', ...names, ...(fg ? [of(fg, 38)] : []), ...(bg ? [of(bg, 48)] : [])].join(';')}m`;
};

/** What a program prints into an empty terminal of 24 columns and 6 rows, and from where on. */
const screens = fc.array(fc.tuple(fc.array(styled, { minLength: 1, maxLength: 12 }), fc.nat(5), fc.nat(23)), {
  minLength: 1,
  maxLength: 5,
});

const comparable = ({ cols, rows, cursor }: Picture) => ({
  cols,
  cursor,
  rows: rows.map(({ text, runs }) => [text, runs.map((run): RunTuple => [...run])]),
});

describe('an asciicast', () => {
  it('shows in a terminal what the recording showed', async () => {
    await fc.assert(
      fc.asyncProperty(screens, async (printed) => {
        const source = new Emulator({ cols: 24, rows: 6 }, IGNORING);
        const pictures: Picture[] = [];
        for (const [parts, row, col] of printed) {
          await source.write(
            Buffer.from(`\u001b[2J\u001b[${row + 1};${col + 1}H${parts.join(' ')}\u001b[0m`),
          );
          pictures.push(pictureOf(source.screen()));
        }
        const player = new Emulator({ cols: 24, rows: 6 }, IGNORING);
        const [, ...events] = parsed(await castOf(piecesOf(pictures)));
        for (const [, type, data] of events) if (type === 'o') await player.write(Buffer.from(data));
        assert.deepEqual(comparable(pictureOf(player.screen())), comparable(pictures.at(-1) as Picture));
        source.dispose();
        player.dispose();
      }),
      { numRuns: 80 },
    );
  });

  it('has a header, changes of size, and markers where something was asked, answered or reached', async () => {
    const picture = (cols: number, text: string): Picture => ({
      cols,
      rows: [{ text, runs: [] }],
      cursor: null,
    });
    const marks: Mark[] = [
      { at: START - 50, text: 'gets the task', state: 'STARTING', isChapter: true },
      { at: START + 50, text: 'saw something', state: 'RUNNING', isChapter: false },
      { at: START + 150, text: 'asks: a\u001b[2Jb', state: 'AWAITING_USER_INPUT', isChapter: true },
      { at: START + 9000, text: 'ended', state: 'COMPLETED', isChapter: true },
    ];
    const lines = await castOf(piecesOf([picture(20, 'a'), picture(20, 'b'), picture(30, 'c')]), marks);
    const [header, ...events] = parsed(lines);
    assert.deepEqual(
      [header.version, header.width, header.height, header.timestamp, header.title],
      [2, 20, 1, START / 1000, 'a title'],
    );
    assert.deepEqual(
      events.map(([at, type, data]) => (type === 'o' ? [at, type] : [at, type, data])),
      [
        [0, 'm', 'gets the task'],
        [0, 'o'],
        [0.1, 'o'],
        [0.2, 'r', '30x1'],
        [0.2, 'm', 'asks: a\u001b[2Jb'],
        [0.2, 'o'],
        [9, 'm', 'ended'],
        [9, 'o'],
      ],
    );
    assert.ok(lines.every((line) => line.endsWith('\n') && !/[\x00-\x09\x0b-\x1f]/.test(line)));
    assert.deepEqual(await castOf([]), []);
  });
});
