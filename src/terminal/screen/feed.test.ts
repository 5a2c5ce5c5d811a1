import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Emulator, type ScreenListener } from './emulator.ts';
import type { LogicalLine } from './rows.ts';
import type { Screen } from './screen.ts';

/** Each run writes part after part; more of them for a trial: `FEED_RUNS=1000`. */
const RUNS = Number(process.env.FEED_RUNS ?? 60);
const SIZE = { cols: 12, rows: 4 };

interface Seen {
  /** What left the screen, in order: lines one by one, and what happened between them. */
  left: string[];
  /** What is reported at once: lines are passed on with the end of a part. */
  heard: string[];
  screen: Screen;
  main: LogicalLine[];
  head: string;
}

/** What a terminal shows and passes on that receives these parts one after the other. */
async function seen(
  parts: readonly Uint8Array[],
  isAwaited: boolean,
  size = SIZE,
  takesPlain = false,
): Promise<Seen> {
  const left: string[] = [];
  const heard: string[] = [];
  const lines = (what: string) => (all: LogicalLine[]) => {
    for (const { text, rows } of all) left.push(`${what} ${rows} ${text}`);
  };
  const listener: ScreenListener = {
    scrolled: lines('line'),
    ...(takesPlain && { scrolledPlain: (plain) => lines('line')(plain.lines()) }),
    erased: lines('erased'),
    historyErased: () => left.push('history erased'),
    fullScreenEntered: lines('behind'),
    fullScreenLeft: lines('full screen'),
    title: (title) => heard.push(`title ${title}`),
    bell: () => heard.push('bell'),
    signal: (signal) => heard.push(`signal ${JSON.stringify(signal)}`),
  };
  const emulator = new Emulator(size, listener);
  const writes = [];
  for (const part of parts) {
    const write = emulator.write(Uint8Array.from(part));
    if (isAwaited) await write;
    writes.push(write);
  }
  await Promise.all(writes);
  const shown = {
    left,
    heard,
    screen: emulator.screen(),
    main: emulator.mainLines(),
    head: emulator.headOfFirstLine,
  };
  emulator.dispose();
  return shown;
}

const partsOf = (bytes: Uint8Array, size: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );

/** Too little in each part for lines to be passed over: every byte is composed. */
const composed = (bytes: Uint8Array) => seen(partsOf(bytes, 20), true);

const plainLine = fc.oneof(
  { weight: 6, arbitrary: fc.stringMatching(/^[ -~]{0,30}$/) },
  { weight: 1, arbitrary: fc.constantFrom('', 'y', 'y           ', 'exactly 12 c', ' '.repeat(12)) },
);
/** Enough of them to be passed over, or too few. */
const lines = fc
  .tuple(fc.array(plainLine, { minLength: 2, maxLength: 8 }), fc.constantFrom(1, 8, 12))
  .map(([all, times]) => `${Array(times).fill(all.join('\r\n')).join('\r\n')}\r\n`);
const ESC = '\u001b';
const sequences = (...all: string[]) => fc.constantFrom(...all).map((sequence) => ESC + sequence);
/** After these, plain lines do something else. */
const modes = sequences(
  ...['[2;3r', '[1;3r', '[2;4r', '[4h', '[?7l', '(0', '(4', '[?1049h', '[2;4r', ']0;title', 'P', 'X', '['],
);
const special = sequences(
  ...['[r', '[4l', '[?7h', '[20h', '[?6h', '[?6l', '(B', ')0', '[?1049l', '[2J', '[H', '[3J', '[J', 'c'],
  ...['7', '8', 'M', 'D', 'E', '[2S', '[T', '[31m', '[m', '[4;5H', '[2L', '[2M', 'H', '[3g', '\\', 'k'],
  ...['(', '', '[3b', '%@', '#8', ']133;A'],
);
const other = fc.constantFrom(
  ...['\n', '\r', '\t', '\b', '\u0007', '\u000e', '\u000f', '\u000b', '\u000c', '\u009b', '\u0084'],
  ...['é', '漢', '✓', '\u0000', 'half a line', ' ', '\u007f', 'wide 漢漢漢漢漢漢漢 line\r\n', '\n\n\n\n\n'],
);
const output = fc
  .array(
    fc.oneof(
      { weight: 5, arbitrary: lines },
      { weight: 2, arbitrary: modes },
      { weight: 2, arbitrary: special },
      { weight: 1, arbitrary: other },
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((parts) => Buffer.from(parts.join('')));

/** Of the parts in which it arrives. */
const sizes = fc.oneof(fc.integer({ min: 1, max: 500 }), fc.constant(64 * 1024));

describe('a long run of plain lines', () => {
  it('leaves the screen, and what has scrolled off, as if every byte had been composed', async () => {
    await fc.assert(
      fc.asyncProperty(output, sizes, fc.boolean(), async (bytes, size, isAwaited) => {
        assert.deepEqual(await seen(partsOf(bytes, size), isAwaited), await composed(bytes));
      }),
      { numRuns: RUNS },
    );
  });

  it('is passed on in one piece to who takes it so, with its rows', async () => {
    const bytes = Buffer.from('abc and more than 12 columns\r\n'.repeat(60));
    assert.deepEqual(await seen([bytes], true, SIZE, true), await composed(bytes));
  });

  for (const [what, before] of Object.entries({
    'another character set': '(0',
    'another character set, and that of ASCII beside it': '(0\u001b)B',
    'lines that are not wrapped': '[?7l',
    'a scroll region': '[2;4r',
    'a title that has not ended': ']0;',
  }))
    it(`is composed after ${what}`, async () => {
      const bytes = Buffer.from(`${ESC}${before}${'abc and more than 12 columns\r\n'.repeat(60)}`);
      assert.deepEqual(await seen([bytes], true), await composed(bytes));
    });
});

describe('output that pushes off as many rows as it can', () => {
  for (const [what, text, size] of [
    ['line feeds alone', `x${'\n'.repeat(30_000)}`, SIZE],
    ['vertical tabs and form feeds', '\u000b\u000c'.repeat(15_000), SIZE],
    ['index sequences', `${ESC}[4;1Hx${`${ESC}D`.repeat(30_000)}`, SIZE],
    ['next-line sequences', `${ESC}E`.repeat(30_000), SIZE],
    ['a terminal of two columns', 'ab'.repeat(30_000), { cols: 2, rows: 4 }],
    ['a terminal of nine columns', 'é23456789'.repeat(9000), { cols: 9, rows: 4 }],
  ] as const)
    it(`loses none of them: ${what}`, async () => {
      const bytes = Buffer.from(text);
      const rows = ({ left, main, head }: Seen) => ({
        rows: left.reduce((sum, line) => sum + Number(line.split(' ')[1]), 0),
        main,
        head,
      });
      const part = Math.floor(size.cols / 2);
      assert.deepEqual(
        rows(await seen([bytes], true, size)),
        rows(await seen(partsOf(bytes, 20 * part), true, size)),
      );
    });
});
