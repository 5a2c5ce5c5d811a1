import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { until } from '../../lib/testing/until.ts';
import type { Picture } from '../../terminal/recording/format.ts';
import { recordingBytes } from '../../terminal/recording/pieces.ts';
import { type AppContext, openApp } from '../core/context.ts';
import { recordingFolder } from '../core/sessions/session-files.ts';
import { type Agent, Home } from '../testing/home.ts';
import { followScreen } from './live-screen.ts';

const leak: Agent = { id: 'leak', program: 'fake-leak' };
const textOf = (picture: Picture | null | undefined) =>
  picture?.rows.map(({ text }) => text).join('\n') ?? '';

/** Follows a worker's screen for a test. */
async function following(
  home: Home,
  id: string,
  test: (shown: (Picture | null)[], app: AppContext) => Promise<void>,
) {
  const app = await openApp(home.env, 'cli');
  const shown: (Picture | null)[] = [];
  const end = followScreen(app, { id }, (picture) => shown.push(picture));
  try {
    await test(shown, app);
  } finally {
    end();
    app.ledger.close();
  }
}

describe("a worker's screen, live", () => {
  const home = new Home({ agents: [leak] });
  const shows = (shown: (Picture | null)[], words: RegExp) =>
    until(
      `${words} on the screen`,
      () => words.test(textOf(shown.at(-1))),
      () => textOf(shown.at(-1)),
    );

  it('follows the recording, shows the last screen of a worker that has ended, and ends with its signal', async () => {
    const id = await home.spawn('fake-idle');
    await home.reaches(id, 'IDLE');
    await following(home, id, async (shown, app) => {
      await shows(shown, /Look for the parser|Message 1 noted/);
      await home.run(['send', id, 'count the endpoints']);
      await shows(shown, /Message 2 noted/);
      await until('a recording', () =>
        recordingBytes(recordingFolder(app.paths.artifacts, home.session(id))),
      );
      const before = shown.length;
      await home.run(['terminate', id]);
      await home.ends(id);
      const again: (Picture | null)[] = [];
      const end = followScreen(app, { id }, (picture) => again.push(picture));
      await shows(again, /Message 2 noted/);
      end();
      assert.ok(
        shown.slice(before).every((picture) => /Message 2 noted/.test(textOf(picture))),
        'what it showed last stays',
      );
    });
  });

  it('reads the terminal where nothing is recorded, and shows no secret of it', async () => {
    const unrecorded = new Home({ agents: [leak], config: { recording: 'off' } });
    const id = await unrecorded.spawn('leak');
    await following(unrecorded, id, async (shown, app) => {
      await shows(shown, /\[redacted:/);
      assert.equal(recordingBytes(recordingFolder(app.paths.artifacts, unrecorded.session(id))), null);
    });
  });

  it('shows nothing of a worker that is not known', async () => {
    await following(home, 'ap_2222222222', async (shown) => assert.deepEqual(shown, [null]));
  });
});
