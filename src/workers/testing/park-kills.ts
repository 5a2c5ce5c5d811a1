import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../lib/testing/until.ts';
import { isFinal } from '../../machines/worker/state.ts';
import type { Home } from './home.ts';
import { killed } from './home.ts';

/** What happens at the limits of a worker, and what its agent has to be given for that, after the task. */
export const PARKED_KINDS = {
  'one limit': { task: 'resets in 2.5 s', given: ['continued'] },
  'two limits': { task: 'resets in 2 s, two limits', given: ['continued', 'continued'] },
  'a menu': { task: 'resets in 2.5 s, opens a menu', given: ['continued'] },
  'by itself': { task: 'resets in 2.5 s, continues by itself', given: ['itself'] },
} as const;
export type ParkedKind = keyof typeof PARKED_KINDS;

interface Message {
  kind: string;
  text: string;
}

/**
 * Starts one worker of each kind that waits for its limit, kills the watcher so many times at random moments of the waits
 * and continuations, and starts another each time. Asserts that each worker got exactly what it needs, once. `note` gets
 * what was under way at each kill.
 */
export async function killWhileParked(
  home: Home,
  kinds: readonly ParkedKind[],
  times: number,
  note: (what: string) => void = () => {},
): Promise<void> {
  const workers = [];
  for (const kind of kinds) {
    const file = join(home.ground, `messages-${kind.replaceAll(' ', '-')}`);
    const words = ['spawn', '--provider', 'fake-limit-wait', '--on-limit', 'wait', '--isolation', 'worktree'];
    const task = ['--role', 'implementer', '--task', `Edit it; ${PARKED_KINDS[kind].task}`];
    const { session_id } = await home.json([...words, ...task], { env: { FAKE_MESSAGES: file } });
    assert.ok(session_id);
    workers.push({ id: session_id as string, kind, file });
  }
  for (let count = 0; count < times; count += 1) {
    const isOver = () => home.sessions().every(({ state }) => isFinal(state));
    const pid = await until('a watcher', () => home.watcherPid() ?? (isOver() && 'none'));
    if (pid === 'none') break;
    await sleep(Math.random() * 2500);
    note(underWay(home));
    await killed(pid);
    // The next command that finds live workers starts another watcher.
    await home.run(['sessions']);
  }
  for (const { id, kind, file } of workers) {
    const { worktree_path } = await home.reaches(id, 'COMPLETED', 'FAILED', 'CANCELLED', 'LOST');
    const messages = existsSync(file)
      ? readFileSync(file, 'utf8')
          .split('\n')
          .flatMap((line): Message[] => (line === '' ? [] : [JSON.parse(line)]))
      : [];
    const { given } = PARKED_KINDS[kind];
    const got = messages.map((message) => message.kind);
    // It may be seen so late that the agent's own time is over.
    const isRight = kind === 'by itself' ? got.length === 2 : got.join() === ['task', ...given].join();
    assert.ok(isRight, `${kind}: ${JSON.stringify(messages)}`);
    assert.ok(
      messages.slice(1).every(({ text }) => text === 'continue'),
      JSON.stringify(messages),
    );
    const edited = readFileSync(join(worktree_path ?? '', 'agentpool-fake-limit.txt'), 'utf8');
    assert.equal(edited.trim().split('\n').length, given.length + 1);
    await until(
      'its end to be verified',
      async () => (await home.run(['replay', id, '--verify'])).code === 0,
    );
  }
}

/** What the workers of a home are doing, by the ledger. */
function underWay(home: Home): string {
  const states = home.sessions().map(({ id, state }) => {
    const last = home.events(id).at(-1)?.type ?? '';
    return `${state} after ${last.replace('worker.', '')}`;
  });
  return (
    states.find((state) => !state.startsWith('PARKED') && state.includes('message')) ?? states[0] ?? 'none'
  );
}
