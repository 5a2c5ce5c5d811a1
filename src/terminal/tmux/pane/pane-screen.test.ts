import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Emulator, IGNORING } from '../../screen/emulator.ts';
import { Pace } from './pace.ts';
import { PaneScreen } from './pane-screen.ts';

/** More than a megabyte. The emulator may change the bytes. */
const tooMuch = () => Buffer.from('line\r\n'.repeat(200_000));

/** The screen of a pane, what was passed on of it, and what its output was asked. */
function given() {
  const shown: string[] = [];
  const screen = new PaneScreen(new Pace({ least: 0, steady: 0, most: 0 }), {
    onScreen: ({ rows }) => shown.push(rows[0]?.text ?? ''),
    onComposed: () => {},
  });
  const asked: string[] = [];
  const output = { pause: () => asked.push('pause'), resume: () => asked.push('resume') };
  screen.restart(new Emulator({ cols: 20, rows: 5 }, IGNORING), output);
  return { screen, shown, asked };
}

describe('the screen of a pane', () => {
  it('lets the output wait until what came too fast is on it', async () => {
    const { screen, asked } = given();
    screen.feed(tooMuch(), 0);
    assert.deepEqual([screen.isPaused, asked], [true, ['pause']]);
    screen.feed(Buffer.from('end'), 0);
    await screen.compose();
    assert.deepEqual([screen.isPaused, asked], [false, ['pause', 'resume']]);
    screen.close();
  });

  it('is passed on when it is looked at, and not after it was closed', async () => {
    const { screen, shown } = given();
    screen.feed(Buffer.from('here'), 0);
    await screen.compose();
    screen.look();
    screen.close();
    screen.look();
    assert.deepEqual(shown.at(-1), 'here');
    assert.equal(shown.filter((text) => text === 'here').length, 1);
  });
});
