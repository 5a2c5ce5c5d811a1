// Kills the watcher at random moments of the start of a queued worker: npx tsx scripts/kills/queue.ts [TIMES]
import { Home } from '../../src/workers/testing/home.ts';
import { QueuedKills } from '../../src/workers/testing/queued-kills.ts';
import { witnessAgent } from '../../src/workers/testing/witness.ts';

const times = Number(process.argv[2] ?? 100);
const home = new Home({ agents: [witnessAgent], config: { policy: { max_parallel_sessions: 50 } } });
try {
  const kills = new QueuedKills(home);
  for (let round = 0; round < times; round++) await kills.round();
  console.log(kills.table());
  const { code, stdout, stderr } = await home.run(['replay', '--all', '--verify']);
  console.log(code === 0 ? 'the log is verified' : `replay --verify: ${stdout}${stderr}`);
  process.exitCode = code ?? 1;
} finally {
  await home.end();
}
