import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../lib/testing/until.ts';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import { type Home, saidBy } from './home.ts';
import { Killer } from './kills.ts';

interface Start {
  id: string;
  pid: number;
  /** The process that had the conversation open when this one started. */
  beside: number | null;
}

const linesIn = (path: string): string[] =>
  existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];

/** Every start of the fake `fake-resume`, in order. */
export const startsIn = (home: Home): Start[] =>
  linesIn(join(home.env.HOME ?? '', '.fake-resume', 'starts.jsonl')).map((line) => JSON.parse(line));

/** What was asked in a conversation of it, in order. */
export const askedIn = (home: Home, conversation: string): string[] =>
  linesIn(join(home.env.HOME ?? '', '.fake-resume', `${conversation}.jsonl`))
    .map((line) => JSON.parse(line))
    .filter(({ role }) => role === 'user')
    .map(({ text }) => text as string);

/** Ends every terminal, as a restart of the machine does; no command has recorded it yet. */
export async function loseTerminals(home: Home): Promise<void> {
  const ids = home.sessions().map(({ id }) => id);
  home.killServers();
  await until('the processes to end', () => ids.every((id) => home.processesOf(id).length === 0));
}

/**
 * Loses a worker in the middle of its turn and kills the command that resumes it, again and again, at random moments.
 * After each kill the worker runs once or can be resumed once more, no two processes had its conversation, and what it
 * was given arrived once.
 */
export async function killResumes(home: Home, rounds: number): Promise<string> {
  const killer = new Killer(600);
  const id = await home.spawn('fake-resume', '--task', 'round 0 takes 600 s');
  const conversation = await until('its conversation', () => home.session(id).conversation_id);
  for (let round = 1; round <= rounds; round++) {
    await until('its turn', () => askedIn(home, conversation).length === round);
    await loseTerminals(home);
    await home.run(['sessions']);
    assert.equal(home.session(id).state, 'LOST', `round ${round}`);
    const words = ['resume', id, '--task', `round ${round} takes 600 s`];
    const killed =
      round % 2 === 0 ? await killAfterIntent(home, id, words) : (await killer.kill(home, words)).killed;
    const stage = stageOf(home.session(id));
    await home.run(['sessions']);
    const { state, alive } = home.session(id);
    if (alive === 0) {
      assert.equal(state, 'LOST', `round ${round}`);
      const { resumed, error } = await home.json(words);
      assert.equal(resumed?.length, 1, JSON.stringify(error));
    }
    killer.note(killed ? 'killed' : 'had ended', stage, alive ? 'it runs' : 'LOST, resumed again');
    await until(`round ${round}`, () => askedIn(home, conversation).some((text) => isOf(text, round)));
  }
  const starts = startsIn(home);
  assert.deepEqual(
    starts.filter(({ beside }) => beside !== null),
    [],
  );
  const rest = askedIn(home, conversation).map((text) => Number(/round (\d+)/.exec(text)?.[1]));
  assert.deepEqual(
    rest,
    Array.from({ length: rounds + 1 }, (_, round) => round),
  );
  assert.equal((await home.run(['replay', id, '--verify'])).code, 0);
  return killer.table('the resume', 'it had come to', 'then');
}

/** How far the resume had come. */
function stageOf({ alive, pane_pid }: SessionRow): string {
  if (!alive) return 'before its intent';
  return pane_pid === null ? 'after its intent' : 'after its outcome';
}

/** How long a resume may go on once its intent is recorded, in milliseconds: it is then starting the process. */
const STARTING_MS = 200;

/** Kills the command while it starts the process, which is a small part of its run; false if it had ended by then. */
async function killAfterIntent(home: Home, id: string, words: readonly string[]): Promise<boolean> {
  const { run } = home.session(id);
  const child = home.start(words);
  const over = saidBy(child);
  let isOver = false;
  over.finally(() => {
    isOver = true;
  });
  while (!isOver && home.session(id).run === run) await sleep(5);
  await Promise.race([sleep(Math.random() * STARTING_MS), over]);
  child.kill('SIGKILL');
  return (await over).signal === 'SIGKILL';
}

const isOf = (text: string, round: number): boolean => text.includes(`round ${round} takes`);
