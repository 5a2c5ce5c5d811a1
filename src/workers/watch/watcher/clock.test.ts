import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { until } from '../../../lib/testing/until.ts';
import { Home } from '../../testing/home.ts';

/** Read into a process before its program: the time of day is off by as many milliseconds as the file says. */
const SHIFTED_DATE = `
const { readFileSync } = require('node:fs');
const RealDate = Date;
const now = () => RealDate.now() + Number(readFileSync(process.env.TEST_CLOCK, 'utf8'));
globalThis.Date = class extends RealDate {
  constructor(...given) { super(...(given.length > 0 ? given : [now()])); }
  static now() { return now(); }
};
`;

describe('a watcher whose clock is set', () => {
  it('back by two minutes and forward by a day sees what happens, and ends a worker when its time is up', async () => {
    const home = new Home({
      agents: [
        { id: 'hangs', program: 'fake-hang' },
        { id: 'waits', program: 'fake-question', promptMode: 'send_after_launch' },
      ],
      // Only the one below, with the clock of the test.
      config: { watcher: { enabled: false } },
    });
    const clock = join(home.ground, 'clock');
    const set = (milliseconds: number) => {
      writeFileSync(`${clock}-new`, String(milliseconds));
      renameSync(`${clock}-new`, clock);
    };
    const script = join(home.ground, 'shifted-date.cjs');
    writeFileSync(script, SHIFTED_DATE);
    set(0);
    const env = { NODE_OPTIONS: `--require ${script}`, TEST_CLOCK: clock };
    const waits = await home.spawn('waits');
    const watcher = home.start(['watcher', 'run'], { env });
    await until('the watcher', () => home.watcherPid() === watcher.pid);
    await home.reaches(waits, 'AWAITING_USER_INPUT');
    const begun = performance.now();
    const hangs = await home.spawn('hangs', '--max-runtime-seconds', '4');
    await home.reaches(hangs, 'RUNNING');
    set(86_400_000);
    await home.run(['send', waits, 'both']);
    await home.reaches(waits, 'COMPLETED');
    set(-120_000);
    await home.reaches(hangs, 'FAILED');
    const took = performance.now() - begun;
    assert.ok(took > 3900, `its time was not up after ${took} ms`);
    assert.equal(home.eventsOf('worker.deadline_exceeded', hangs).length, 1);
  });
});
