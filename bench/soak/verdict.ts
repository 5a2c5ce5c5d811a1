import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../src/lib/testing/until.ts';
import { serverNames } from '../../src/terminal/tmux/places.ts';
import type { Home } from '../../src/workers/testing/home.ts';
import type { Ground } from './driver.ts';
import { type Ended, KEPT, unexpectedEnd } from './kinds.ts';
import { ownProcesses } from './sampler.ts';

/** How many histories are verified one by one, the newest and others across the run. */
const VERIFIED = 20;

/** What is wrong at the end of a run; the last worker, `idle`, is ended here. */
export async function checkEnd({ home, workers }: Ground, idle: string): Promise<string[]> {
  const sessions = new Map(home.sessions().map((session) => [session.id, session]));
  const ends = workers.flatMap((worker) => {
    const session = sessions.get(worker.id);
    return unexpectedEnd(worker, session && { state: session.state, alive: session.alive === 1 }) ?? [];
  });
  const failures = [...ends];
  const succeeds = async (...words: string[]) => {
    const { code, stdout, stderr } = await home.run(words);
    if (code !== 0) failures.push(`agentpool ${words.join(' ')}: ${(stderr || stdout).slice(0, 400)}`);
  };
  await succeeds('collect', idle);
  await succeeds('terminate', idle);
  await succeeds('ledger', 'verify');
  const step = Math.max(1, Math.floor(workers.length / VERIFIED));
  for (const { id } of workers.filter((_, index) => index % step === 0))
    await succeeds('replay', id, '--verify');
  failures.push(...(await wronglyKept(home, workers)), ...(await leftBehind(home)));
  return failures;
}

/** What gc keeps of the ended workers besides what those of one kind have left, or removes of those. */
async function wronglyKept(home: Home, workers: readonly Ended[]): Promise<string[]> {
  const kinds = new Map(workers.map(({ id, kind }) => [id, kind]));
  const words = ['gc', '--older-than', '1s', '--json'];
  const { stdout, stderr, code } = await home.run(words);
  if (code !== 0) return [`agentpool ${words.join(' ')}: ${(stderr || stdout).slice(0, 400)}`];
  const { kept } = JSON.parse(stdout) as { kept: { session_id: string; what: string; reason: string }[] };
  const wrong = kept.filter(({ session_id }) => kinds.get(session_id) !== KEPT);
  const present = new Set(namesIn(join(home.folder, 'artifacts')));
  const gone = workers.filter(({ id, kind }) => kind === KEPT && !present.has(id));
  return [
    ...wrong.map(
      ({ session_id, what, reason }) =>
        `gc keeps the ${what} of ${session_id} (${kinds.get(session_id)}): ${reason}`,
    ),
    ...gone.map(({ id }) => `gc has removed the artifacts of ${id}, whose worktree has changes`),
  ];
}

/** What a home in which every worker has ended still has: processes, terminals, launch files, requests, leftovers. */
async function leftBehind(home: Home): Promise<string[]> {
  const found = async () => {
    const { stdout } = await home.run(['doctor', '--deep', '--fix', '--dry-run', '--json']);
    return JSON.parse(stdout) as { repairs?: unknown[] };
  };
  const isQuiet = () => ownProcesses(home).processes === 0;
  // The watcher leaves some seconds after the last worker.
  const ended = await until('the watcher to leave', isQuiet).catch((error: unknown) => `${error}`);
  const repairs = (await found()).repairs ?? [];
  return [
    ...(ended === true ? [] : [`${ended}: ${JSON.stringify(ownProcesses(home))}`]),
    ...repairs.map((repair) => `doctor would repair ${JSON.stringify(repair)}`),
    ...serverNames(home.folder).map((name) => `the folder of the tmux server of ${name}`),
    ...namesIn(join(home.folder, 'queue')).map((name) => `queue/${name}`),
    // The files of one start go with its process.
    ...namesIn(join(home.folder, 'run')).flatMap((name) => (name.startsWith('ap_') ? [`run/${name}`] : [])),
  ];
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
