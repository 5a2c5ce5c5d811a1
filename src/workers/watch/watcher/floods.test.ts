import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { describe, it } from 'node:test';
import { processTable } from '../../../lib/process/processes.ts';
import { until } from '../../../lib/testing/until.ts';
import { serverNames } from '../../../terminal/tmux/places.ts';
import { Home, killed } from '../../testing/home.ts';

/** Kills per test; more for a trial: FLOOD_KILLS=50. */
const KILLS = Number(process.env.FLOOD_KILLS ?? 2);
/** No more than tmux keeps: a watcher that is killed all the time reads nothing else. */
const LINES = Math.min(KILLS * 10_000, 150_000);
const BYTES_PER_KILL = (LINES / KILLS) * 50;
const FLOOD = { id: 'flood', program: 'fake-flood', env: { FAKE_LINES: `${LINES}`, FAKE_RATE: '15000' } };

const newHome = () => new Home({ agents: [FLOOD], config: { policy: { max_parallel_sessions: 100 } } });

/** The numbers of the lines in a worker's transcript. */
const printedBy = (home: Home, id: string): number[] => {
  const text = readFileSync(home.session(id).transcript_path, 'utf8');
  return [...text.matchAll(/^line (\d+) the quick brown fox jumps over the lazy dog$/gm)].map(([, line]) =>
    Number(line),
  );
};

/** The bytes of a worker's transcript. */
const writtenBy = (home: Home, id: string): number =>
  statSync(home.session(id).transcript_path, { throwIfNoEntry: false })?.size ?? 0;

function assertWhole(home: Home, id: string): void {
  const lines = printedBy(home, id);
  const wrong = lines.findIndex((line, index) => line !== index + 1);
  assert.deepEqual([lines.length, wrong], [LINES, -1], id);
}

/** What is left of a home's servers: their files, and processes of tmux or of its pipes. */
const leftOf = (home: Home): string[] => [
  ...serverNames(home.folder),
  ...processTable().flatMap(({ command }) => (command.includes(`${home.folder}/tmux`) ? [command] : [])),
];

describe('workers that print without a pause', () => {
  it('all live, go on and lose no line when their watcher is killed, and leave nothing', async () => {
    const home = newHome();
    const ids = [await home.spawn('flood'), await home.spawn('flood')];
    for (let kills = 0; kills < KILLS; kills++) {
      const watcher = await until('the watcher', () => home.watcherPid());
      await until('more lines', () => ids.every((id) => writtenBy(home, id) > kills * BYTES_PER_KILL));
      await killed(watcher ?? 0);
      // No watcher follows the last one: no process reads, and the workers go on all the same.
      if (kills < KILLS - 1) await home.json(['sessions']);
    }
    const atTheEnd = (id: string) => home.tmux(id, 'capture-pane', '-p')?.includes('AGENTPOOL_RESULT');
    await until('the end of their work', () => ids.every(atTheEnd));
    await home.json(['sessions']);
    for (const id of ids) await home.reaches(id, 'COMPLETED');
    for (const id of ids) assertWhole(home, id);
    assert.deepEqual(home.eventsOf('worker.lost'), []);
    for (const id of ids) await home.run(['terminate', id]);
    await until(
      'nothing of them to be left',
      () => leftOf(home).length === 0,
      () => leftOf(home).join('\n'),
    );
  });

  it('live and lose no line when the tmux server of another one is killed', async () => {
    const home = newHome();
    const id = await home.spawn('flood');
    for (let kills = 0; kills < KILLS; kills++) {
      const other = await home.spawn('flood');
      await until('its first lines', () => writtenBy(home, other) > 0);
      await killed(home.session(other).server_pid ?? 0);
      assert.match((await home.ends(other)).reason ?? '', /its tmux server is gone/);
      await until('its files to be gone', async () => {
        await home.json(['sessions']);
        return !serverNames(home.folder).includes(other);
      });
    }
    await home.reaches(id, 'COMPLETED');
    assertWhole(home, id);
    await home.run(['terminate', id]);
    await until(
      'nothing of them to be left',
      () => leftOf(home).length === 0,
      () => leftOf(home).join('\n'),
    );
  });
});
