import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { until } from '../../lib/testing/until.ts';
import type { Home } from './home.ts';
import type { Killer } from './kills.ts';

/** What the worker is like whose work is handed over by a process that is killed. */
export interface Victim {
  keep: boolean;
  /** Whether its process had ended before. */
  dead: boolean;
  /** Whether the time until the kill begins with the intent, and not with the command. */
  late: boolean;
}

/** How far the killed process had come, by what it recorded. */
function progressOf(home: Home, old: string): string {
  const types = new Set(home.events().map(({ type }) => type as string));
  const own = home.events(old).map(({ type }) => type as string);
  const ofOld = new Set(own.slice(own.indexOf('worker.handover_requested')));
  if (!ofOld.has('worker.handover_requested')) return 'nothing recorded';
  if (types.has('worker.took_over')) {
    const [took] = home.eventsOf('worker.took_over');
    const id = took?.stream_id.slice('worker/'.length) ?? '';
    return home.events(id).some(({ type }) => type === 'worker.started') ? 'started' : 'passed on';
  }
  if (ofOld.has('worker.collected')) return 'collected';
  if (ofOld.has('worker.terminated')) return 'old one ended';
  if (ofOld.has('worker.termination_requested')) return 'end requested';
  if (ofOld.has('worker.interrupted')) return 'interrupted';
  return 'requested';
}

/**
 * Kills a handover at a random moment and checks what the next command makes of it: the work belongs to exactly one
 * worker, nothing is in the making, and it can go on.
 */
export async function killHandover(home: Home, killer: Killer, victim: Victim): Promise<void> {
  const isolation = ['--isolation', 'worktree', '--role', 'implementer'];
  const old = await home.spawn(victim.dead ? 'fake-patch' : 'fake-idle', ...isolation);
  await home.reaches(old, victim.dead ? 'COMPLETED' : 'IDLE');
  await home.json(['leases', 'acquire', old, '--file', 'a.txt', '--mode', 'write']);
  if (victim.dead) await home.json(['terminate', old]);
  const words = ['handoff', old, '--provider', 'fake-idle', '--json', ...(victim.keep ? ['--keep'] : [])];
  // Every other one from its intent on: before it, nothing can go wrong.
  const from = () => !victim.late || home.eventsOf('worker.handover_requested', old).length > 0;
  const { killed } = await killer.kill(home, words, { from });
  const progress = killed ? progressOf(home, old) : 'it had ended';
  await home.json(['sessions']);
  const row = home.session(old);
  const outcome = await settled(home, old);
  killer.note(victim.dead ? 'dead' : victim.keep ? 'kept' : 'alive', progress, outcome);
  const { code, stdout } = await home.run(['replay', '--all', '--verify']);
  assert.equal(code, 0, stdout);
  assert.ok(existsSync(row.worktree_path ?? ''), 'the worktree is never removed');
  const leases = (await home.json(['leases', 'list'])).leases.map(
    (each: { session_id: string }) => each.session_id,
  );
  const owner = row.successor ?? (row.alive ? old : null);
  assert.deepEqual(leases, victim.dead || owner === null ? [] : [owner]);
  // None is stuck: what was not handed over can be.
  if (row.successor === null) {
    const again = await home.json(['handoff', old, '--provider', 'fake-idle']);
    assert.ok(again.successor_id, JSON.stringify(again));
  }
}

/** Checks that the work is with one worker, which runs or can be gone on from. */
async function settled(home: Home, old: string): Promise<string> {
  const { successor, alive, handing_pid } = home.session(old);
  assert.equal(handing_pid, null, 'no handover is pending');
  const successors = home.sessions().filter(({ predecessor }) => predecessor === old);
  for (const each of successors) {
    assert.notEqual(each.state, 'STARTING');
    if (each.id !== successor) assert.deepEqual([each.state, each.alive], ['FAILED', 0]);
  }
  const running = home.sessions().filter((each) => each.alive === 1);
  assert.deepEqual(home.tmuxSessions().sort(), running.map(({ tmux_session }) => tmux_session).sort());
  if (successor === null) return alive ? 'stays, alive' : 'stays, ended';
  await until('its task', () => home.eventsOf('worker.prompt_delivered', successor)[0]);
  assert.equal(home.eventsOf('worker.started', successor).length, 1);
  return 'handed over';
}
