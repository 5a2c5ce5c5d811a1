import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../lib/testing/until.ts';
import { type Home, killed } from './home.ts';

/**
 * Starts a worker whose work is handed over twice because of limits, and kills the watcher so many times at random moments
 * of that; the next command starts another one. Asserts that the work is completed, by one worker at a time. `note` gets
 * how far the handover was at each kill. `mostMs`: how long after the intent of a handover it is killed at most.
 */
export async function killAtLimit(
  home: Home,
  { times, mostMs, note = () => {} }: { times: number; mostMs: number; note?: (what: string) => void },
): Promise<void> {
  const words = ['--on-limit', 'fake-limit-wait,fake-patch', '--isolation', 'worktree'];
  const task = ['--role', 'implementer', '--task', 'Edit it; resets in 600 s'];
  const first = await home.spawn('fake-limit-wait', ...words, ...task);
  for (let count = 0; count < times; count += 1) {
    const asked = count === 0 ? 0 : intents(home);
    const isNext = () => intents(home) > asked || isDone(home);
    const pid = await until('a watcher', () => home.watcherPid() ?? (isDone(home) && 'none'));
    if (pid === 'none') break;
    await Promise.race([until('a handover', isNext), sleep(2500)]);
    await sleep(Math.random() * mostMs);
    note(progress(home));
    await killed(pid);
    await home.run(['sessions']);
  }
  await until(
    'the end of the work',
    async () => {
      if (isDone(home)) return true;
      await home.run(['sessions']);
      return false;
    },
    () =>
      JSON.stringify(
        home.events().map(({ stream_id, type, data }) => [stream_id, type, data]),
        null,
        1,
      ),
  );
  const sessions = home.sessions();
  const running = sessions.filter(({ alive }) => alive === 1);
  assert.deepEqual(
    running.map(({ provider_id }) => provider_id),
    ['fake-patch'],
  );
  assert.deepEqual(
    home.tmuxSessions(),
    running.map(({ tmux_session }) => tmux_session),
  );
  const chain = (await home.json(['session', 'show', first])).chain as { id: string; provider_id: string }[];
  assert.deepEqual(
    chain.map(({ provider_id }) => provider_id),
    ['fake-limit-wait', 'fake-limit-wait', 'fake-patch'],
  );
  // Whatever else was requested never ran.
  const others = sessions.filter(({ id }) => !chain.some((each) => each.id === id));
  for (const { id } of others) assert.equal(home.eventsOf('worker.started', id).length, 0);
  assert.ok(
    sessions.every(({ handing_pid }) => handing_pid === null),
    'no handover is pending',
  );
  const { patch } = await home.json(['diff', chain.at(-1)?.id ?? '']);
  assert.match(patch, /^\+part 1$/m);
  assert.equal(patch.match(/^\+A line from fake-patch/gm)?.length, 1, patch);
  const { code, stdout } = await home.run(['replay', '--all', '--verify']);
  assert.equal(code, 0, stdout);
}

const intents = (home: Home): number => home.eventsOf('worker.handover_requested').length;

const isDone = (home: Home): boolean =>
  home.sessions().some(({ provider_id, state }) => provider_id === 'fake-patch' && state === 'COMPLETED');

/** What was recorded last of the handover that is under way. */
function progress(home: Home): string {
  const asked = home.eventsOf('worker.handover_requested').at(-1);
  if (!asked) return 'before the first';
  const { successor } = asked.data;
  const own = home
    .events(asked.stream_id.slice('worker/'.length))
    .filter(({ position }) => position >= asked.position);
  const last = home.events(successor).at(-1) ?? own.at(-1);
  return last?.type ?? '';
}
