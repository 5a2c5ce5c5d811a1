// Kills the watcher with SIGKILL at random moments while it hands work over at a limit, and checks that the work is completed
// once. Not part of `npm test`: npx tsx scripts/kills/handover-at-limit.ts 100

import { Home } from '../../src/workers/testing/home.ts';
import { killAtLimit } from '../../src/workers/testing/limit-handover-kills.ts';

const times = Number(process.argv[2] ?? 100);
const EACH = 4;
const table = new Map<string, number>();
const note = (what: string) => table.set(what, (table.get(what) ?? 0) + 1);
const failures: string[] = [];
let kills = 0;
while (kills < times) {
  const home = new Home();
  try {
    await killAtLimit(home, {
      times: EACH,
      mostMs: 900,
      note: (what) => {
        kills += 1;
        note(what);
      },
    });
  } catch (error) {
    kills += 1;
    const events = home
      .events()
      .map(({ type, stream_id, data, occurred_at }) => [
        occurred_at.slice(14),
        stream_id,
        type,
        'capacity' in data ? '' : data,
      ]);
    failures.push(`${String(error)}\n${events.map((e) => JSON.stringify(e)).join('\n')}`);
  }
  await home.end();
  process.stderr.write(`${kills} of ${times}, ${failures.length} failed\n`);
}
for (const [what, count] of [...table].sort()) console.log(`${String(count).padStart(5)}  ${what}`);
console.log(`${kills} kills, ${failures.length} failed`);
for (const failure of failures) console.log(failure.slice(0, 12000));
process.exit(failures.length > 0 ? 1 : 0);
