import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Screen } from '../screen/screen.ts';
import { Motion, type MotionSample } from './motion.ts';
import { moveWords } from './words.ts';

const screenOf = (rows: string[], more: Partial<Screen> = {}): Screen => ({
  cols: 80,
  rows: rows.map((text) => ({ text, wrapped: false })),
  cursor: { row: rows.length, col: 0 },
  alternate: true,
  title: '',
  ...more,
});

/** A turn, an input box of three rows and a footer. */
const drawn = (turn: string[], { footer = '? for shortcuts', typed = '' } = {}): MotionSample => ({
  screen: screenOf([...turn, '────', `❯ ${typed}`, '────', footer]),
  box: { first: turn.length, last: turn.length + 2 },
  sign: [],
});

/** Shows a screen every so many milliseconds for so long, and returns the time of the last one. */
function play(motion: Motion, everyMs: number, forMs: number, at: (tick: number) => MotionSample, from = 0) {
  let now = from;
  for (let tick = 0; now - from <= forMs; tick++, now += everyMs) motion.see(at(tick), now);
  return now - everyMs;
}

const words = (motion: Motion, now: number) => motion.moments(now).map(moveWords);

describe('what moves on a terminal', () => {
  it('is named by how and where', () => {
    const motion = new Motion();
    motion.see(drawn(['⠋ Working 1s'], { footer: '12:00:01' }), 0);
    motion.see(drawn(['⠙ Working 2s'], { footer: '12:00:02', typed: 'a draft' }), 100);
    assert.deepEqual(words(motion, 100).sort(), [
      'a sign turned above the input',
      'digits counted above the input',
      'digits counted below the input',
      'text was written in the input',
    ]);
    assert.deepEqual(words(motion, 2200), [], 'what moved earlier than two seconds ago does not count');
  });

  it('is work when text is written for a while, or a sign turns beside a counter', () => {
    const writing = new Motion();
    const now = play(writing, 150, 900, (tick) => drawn([`● ${'word '.repeat(tick + 1)}`]));
    assert.deepEqual(writing.work(now).map(moveWords), ['text was written above the input']);
    const turning = new Motion();
    const then = play(turning, 100, 1500, (tick) =>
      drawn([`${'⠋⠙⠹⠸'[tick % 4]} Brewing ${Math.floor(tick / 10)}s`]),
    );
    assert.equal(turning.work(then).length, 2);
    assert.deepEqual(turning.work(then + 1000), [], 'it has stopped');
  });

  it('is no work any more once the work is known to be over, until something moves as long again', () => {
    const motion = new Motion();
    const sign = (tick: number) => drawn([`${'⠋⠙⠹⠸'[tick % 4]} Brewing ${Math.floor(tick / 10)}s`]);
    const now = play(motion, 100, 1500, sign);
    motion.rest();
    motion.see(drawn(['● Done']), now + 100);
    assert.deepEqual(motion.work(now + 100), []);
    assert.equal(motion.work(play(motion, 100, 1500, sign, now + 200)).length, 2);
  });

  it('is no work when it is a redraw, a sign alone, a draft, or a footer that ticks', () => {
    const redraw = new Motion();
    const redrawn = play(redraw, 16, 200, (tick) =>
      drawn(Array.from({ length: tick % 9 }, (_, row) => `row ${'x'.repeat(row)}`)),
    );
    assert.deepEqual(redraw.work(redrawn), []);
    const logo = new Motion();
    assert.deepEqual(logo.work(play(logo, 100, 3000, (tick) => drawn([`${'◐◓◑◒'[tick % 4]} Welcome`]))), []);
    const typing = new Motion();
    assert.deepEqual(
      typing.work(play(typing, 100, 3000, (tick) => drawn(['done'], { typed: 'a '.repeat(tick) }))),
      [],
    );
    const footer = new Motion();
    const ticking = (tick: number) =>
      drawn(['done'], { footer: `${'⠋⠙⠹⠸'[tick % 4]} 12:00:${tick} cost ${tick}` });
    const now = play(footer, 100, 3000, ticking);
    assert.deepEqual(footer.work(now), []);
    assert.equal(footer.movedAt, null);
    assert.equal(footer.stillMs, 3000);
  });

  it('is a sign that turns in the footer, but not a statusline that is drawn again', () => {
    const footer = (everyMs: number) => {
      const motion = new Motion();
      const now = play(motion, everyMs, 3000, (tick) =>
        drawn(['done'], { footer: `${'◉◎○◎'[tick % 4]} esc` }),
      );
      return motion.turnsInFooter(now);
    };
    assert.deepEqual([footer(120), footer(300), footer(1000)], [true, false, false]);
  });

  it('knows the footer below a cursor, and a clock in the last row, where no box is known', () => {
    const below = new Motion();
    const shows = (row: string, cursor: number) => ({
      screen: screenOf(['done', '> ', '', row], { cursor: { row: cursor, col: 2 } }),
      box: null,
      sign: [],
    });
    below.see(shows('main +1', 1), 0);
    below.see(shows('main +2', 1), 1000);
    assert.equal(below.movedAt, null);
    const clock = new Motion();
    clock.see(shows('repo 12:00:01', 3), 0);
    clock.see(shows('repo 12:00:02', 3), 1000);
    assert.equal(clock.movedAt, null);
    clock.see(shows('built 2 of 3', 3), 2000);
    assert.equal(clock.movedAt, 2000);
  });

  it('counts stillness only while it is observed', () => {
    const motion = new Motion();
    const still = drawn(['✻ Working… (esc to interrupt)']);
    for (const now of [0, 5000, 10_000]) motion.see(still, now);
    assert.equal(motion.stillMs, 10_000);
    motion.see(still, 3_600_000);
    assert.equal(motion.stillMs, 10_000, 'the machine slept');
    motion.interrupt();
    motion.see(still, 3_603_000);
    motion.see(still, 3_604_000);
    assert.equal(motion.stillMs, 11_000, 'the pane could not be read');
    motion.see(drawn(['✽ Working… (esc to interrupt)']), 3_605_000);
    assert.equal(motion.stillMs, 0);
  });

  it('sees the sign of the work turn or count in the footer, and takes no statusline for it', () => {
    const stillAfter = (everyMs: number, footer: (tick: number) => string) => {
      const motion = new Motion();
      play(motion, everyMs, 4000, (tick) => {
        const row = footer(tick);
        return { ...drawn(['done'], { footer: row }), sign: [row] };
      });
      return motion.stillMs;
    };
    const bar = (tick: number) => `${'■⬝'.repeat(9).slice(tick % 2)} esc interrupt`;
    assert.ok(stillAfter(100, bar) < 500);
    assert.equal(
      stillAfter(1000, (tick) => `Thinking ${tick}s (esc to interrupt)`),
      0,
    );
    assert.equal(
      stillAfter(1000, (tick) => `12:00:0${tick} main esc to interrupt`),
      4000,
    );
    assert.equal(
      stillAfter(1000, (tick) => `Working… ${'◐◓◑◒'[tick % 4]} $${tick} esc to interrupt`),
      4000,
    );
  });

  it('sees a sign move that only glows', () => {
    const glowing = (fg: string) => {
      const { screen, ...rest } = drawn(['Thinking']);
      const [first, ...others] = screen.rows;
      return {
        ...rest,
        screen: {
          ...screen,
          rows: [
            { text: 'Thinking', wrapped: first?.wrapped ?? false, runs: [{ start: 0, end: 3, fg }] },
            ...others,
          ],
        },
      };
    };
    const glow = new Motion();
    glow.see(glowing('1'), 0);
    glow.see(glowing('2'), 500);
    assert.equal(glow.movedAt, 500);
  });

  it('is not a screen that is drawn again in another size', () => {
    const motion = new Motion();
    const sized = (cols: number, text: string) => ({
      ...drawn([text]),
      screen: screenOf([text], { cols }),
      box: null,
    });
    motion.see(sized(80, 'one two'), 0);
    motion.see(sized(40, 'one'), 100);
    motion.see(sized(40, 'one two'), 200);
    assert.equal(motion.movedAt, null);
  });

  it('keeps at most one move per kind and part, whatever it is given, and takes little time', () => {
    const rows = fc.array(fc.string({ maxLength: 20 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(fc.array(rows, { maxLength: 40 }), (screens) => {
        const motion = new Motion();
        for (const [at, texts] of screens.entries())
          motion.see({ screen: screenOf(texts), box: null, sign: [] }, at * 16);
        assert.ok(motion.moments(screens.length * 16).length <= 16);
      }),
    );
    const motion = new Motion();
    const begun = process.cpuUsage();
    // A second of a flood: 60 screens of which every row is new.
    for (let at = 0; at < 60; at++)
      motion.see(
        {
          screen: screenOf(Array.from({ length: 50 }, (_, row) => `line ${at * 166 + row} of the flood`)),
          box: null,
          sign: [],
        },
        at * 16,
      );
    assert.ok(process.cpuUsage(begun).user < 500_000);
  });
});
