// Kills the watcher with SIGKILL while workers are parked and continued, and checks that each is continued exactly once.
// Not part of `npm test`: npx tsx scripts/kills/park.ts 100

import { Home } from '../../src/workers/testing/home.ts';
import { killWhileParked, PARKED_KINDS, type ParkedKind } from '../../src/workers/testing/park-kills.ts';

const times = Number(process.argv[2] ?? 100);
const EACH = 5;
const kinds = Object.keys(PARKED_KINDS) as ParkedKind[];
const seen = new Map<string, number>();
const note = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
const failures: string[] = [];
const total = () => [...seen.values()].reduce((sum, count) => sum + count, 0);
while (total() < times) {
  const home = new Home({ config: { policy: { max_parallel_sessions: 20 } } });
  try {
    await killWhileParked(home, kinds, EACH, note);
  } catch (error) {
    const events = home.events().map(({ type, stream_id, data }) => JSON.stringify([stream_id, type, data]));
    failures.push(`${String(error)}\n${events.join('\n')}`);
  }
  await home.end();
  process.stderr.write(`${total()} of ${times} kills, ${failures.length} failed\n`);
}
console.log('times  the watcher was killed while its newest worker was');
for (const [what, count] of [...seen].sort()) console.log(`${String(count).padStart(5)}  ${what}`);
console.log(`${total()} kills, ${failures.length} failed`);
for (const failure of failures) console.log(failure.slice(0, 6000));
process.exit(failures.length > 0 ? 1 : 0);
