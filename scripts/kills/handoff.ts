// Kills `agentpool handoff` with SIGKILL at random moments and checks what the next command makes of it. Not part of
// `npm test`: npx tsx scripts/kills/handoff.ts 100

import { killHandover, type Victim } from '../../src/workers/testing/handover-kills.ts';
import { Home } from '../../src/workers/testing/home.ts';
import { Killer } from '../../src/workers/testing/kills.ts';

const times = Number(process.argv[2] ?? 100);
const kinds: Victim[] = [false, true].flatMap((late) => [
  { keep: false, dead: false, late },
  { keep: false, dead: true, late },
  { keep: true, dead: false, late },
]);
// Each kind takes its own time.
const killers = kinds.map(({ late }) => new Killer(late ? 600 : 900));
const failures: string[] = [];
for (let count = 0; count < times; count += 1) {
  const kind = count % kinds.length;
  const home = new Home();
  try {
    await killHandover(home, killers[kind] as Killer, kinds[kind] as Victim);
  } catch (error) {
    failures.push(
      `${JSON.stringify(kinds[kind])}: ${String(error)}\n${JSON.stringify(home.events().map(({ type, stream_id, data }) => [stream_id, type, data]))}`,
    );
  }
  await home.end();
  if (count % 10 === 9) process.stderr.write(`${count + 1} of ${times}, ${failures.length} failed\n`);
}
for (const killer of killers) console.log(killer.table('worker', 'killed when', 'then'));
console.log(`${times} kills, ${failures.length} failed`);
for (const failure of failures) console.log(failure.slice(0, 3000));
process.exit(failures.length > 0 ? 1 : 0);
