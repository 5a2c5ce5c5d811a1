// Kills `agentpool resume` at random moments: `npx tsx scripts/kills/resume.ts 100`, after `npm run build`.
import { Home } from '../../src/workers/testing/home.ts';
import { killResumes } from '../../src/workers/testing/resume-kills.ts';

const rounds = Number(process.argv[2] ?? 100);
const home = new Home({ wholeProcesses: true });
try {
  console.log(await killResumes(home, rounds));
  console.log(`${rounds} rounds: none is stuck, none ran twice, nothing was lost or given twice.`);
} finally {
  await home.end();
}
