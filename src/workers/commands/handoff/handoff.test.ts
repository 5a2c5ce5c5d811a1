import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openApp } from '../../core/context.ts';
import { sessionNamed } from '../../core/sessions/named-session.ts';
import { Home } from '../../testing/home.ts';
import { handOverAtLimit } from './at-limit.ts';

const IMPLEMENTER = ['--isolation', 'worktree', '--role', 'implementer'];

/** Puts a tmux in the path that starts no server between `stop` and what it returns. */
function withoutNewTerminals(home: Home): { stop(): () => void } {
  const bin = join(home.ground, 'bin');
  const stopped = join(home.ground, 'stopped');
  const real = execFileSync('sh', ['-c', 'command -v tmux'], { encoding: 'utf8' }).trim();
  mkdirSync(bin);
  const script = `#!/bin/sh\n[ -e ${stopped} ] && case "$*" in *start-server*) exit 1 ;; esac\nexec ${real} "$@"\n`;
  writeFileSync(join(bin, 'tmux'), script, { mode: 0o755 });
  home.env.PATH = `${bin}:${home.env.PATH}`;
  return {
    stop() {
      writeFileSync(stopped, '');
      return () => rmSync(stopped);
    },
  };
}

async function verified(home: Home): Promise<void> {
  const { code, stdout, stderr } = await home.run(['replay', '--all', '--verify']);
  assert.equal(code, 0, `${stdout}${stderr}`);
}

describe('work that is handed over', () => {
  const shared = new Home({ config: { policy: { allow_raw_keys: true, max_parallel_sessions: 20 } } });
  /** One in which a provider is denied. */
  const strict = new Home({ config: { policy: { denied_providers: ['fake-idle'] } } });

  it('goes on in the same worktree: its patch has all of it, and it belongs to the newest of the chain', async () => {
    const home = new Home();
    const old = await home.spawn('fake-patch', ...IMPLEMENTER);
    await home.reaches(old, 'COMPLETED');
    const words = ['handoff', old, '--provider', 'fake-patch', '--note', 'Keep the names'];
    const { brief: planned } = await home.json([...words, '--dry-run']);
    assert.match(planned.text, /Keep the names[\s\S]*Look for the parser[\s\S]*a\.txt \(modified, \+1 -0\)/);
    assert.equal(home.eventsOf('worker.handover_requested').length, 0);

    const { successor_id: id, successor, brief } = await home.json(words);
    const [took] = home.eventsOf('worker.took_over', id);
    assert.equal(took?.data.brief_sha256, brief.sha256);
    assert.equal(createHash('sha256').update(readFileSync(brief.path)).digest('hex'), brief.sha256);
    assert.equal(successor.worktree_path, home.session(old).worktree_path);
    assert.equal(home.session(old).alive, 0);

    await home.reaches(id, 'COMPLETED');
    const { patch } = await home.json(['diff', id]);
    assert.equal(patch.match(/^\+A line from fake-patch, turn 1\.$/gm)?.length, 2, patch);
    const { patch: first } = await home.json(['diff', old]);
    assert.equal(first.match(/^\+A line from fake-patch/gm)?.length, 1, 'what the old one had done stays');

    const third = await home.json(['handoff', id, '--provider', 'fake-patch', '--dry-run']);
    assert.match(third.brief.text, new RegExp(`Workers before that one, oldest first\\s+- ${old} `));
    assert.equal(third.brief.text.match(/# Handover/g)?.length, 1, 'a brief does not hold another one');

    const { chain } = await home.json(['session', 'show', old]);
    assert.deepEqual(
      chain.map((each: { id: string }) => each.id),
      [old, id],
    );
    assert.match((await home.run(['sessions'])).stdout, new RegExp(`SUCCESSOR OF[\\s\\S]*${id} .* ${old} `));
    const replayed = (await home.run(['replay', old, '--chain'])).stdout;
    assert.ok(
      replayed.indexOf(`was handed over to ${id}`) < replayed.indexOf(`took over the work of ${old}`),
    );
    const stats = await home.json(['stats', '--include-fakes']);
    assert.equal(stats.sessions.went_on.handed_over, 1);
    await verified(home);

    assert.equal(await home.refused(['handoff', old, '--provider', 'fake-patch']), 'SESSION_HANDED_OVER');
    assert.equal((await home.json(['terminate', old])).already_terminated, true);
    assert.equal(home.session(id).alive, 1, 'ending the old one again leaves its successor alone');
    const { error } = await home.json(['worktrees', 'cleanup', old, '--force']);
    assert.equal(error.code, 'WORKTREE_ACTIVE');
    assert.match(error.message, new RegExp(id));
    const { worktrees } = await home.json(['worktrees', 'list']);
    assert.equal(worktrees[0].session_id, id);
    await home.json(['terminate', id]);
    const cleaned = await home.json(['worktrees', 'cleanup', id, '--force']);
    assert.equal(cleaned.removed, true);
    assert.notEqual(home.session(old).worktree_removed_at, null);
    await verified(home);
  });

  it('leaves the old worker in its terminal with --keep, without work; its leases move', async () => {
    const home = shared;
    const old = await home.spawn('fake-idle', ...IMPLEMENTER);
    await home.reaches(old, 'IDLE');
    const { lease } = await home.json(['leases', 'acquire', old, '--file', 'a.txt', '--mode', 'write']);
    const { successor_id: id } = await home.json(['handoff', old, '--provider', 'fake-idle', '--keep']);
    assert.equal(home.session(old).alive, 1);
    const { error } = await home.json(['send', old, 'Go on']);
    assert.deepEqual([error.code, error.details.successor], ['SESSION_HANDED_OVER', id]);
    assert.equal(await home.refused(['keys', old, 'Enter']), 'SESSION_HANDED_OVER');
    assert.equal((await home.json(['attach', old])).can_attach, true);
    assert.match((await home.run(['attach', old])).stderr, new RegExp(`handed over to ${id}`));
    const { leases } = await home.json(['leases', 'list']);
    assert.deepEqual(
      leases.map((each: { session_id: string }) => each.session_id),
      [id],
    );
    assert.ok(leases[0].fence > lease.fence);
    await home.reaches(id, 'IDLE');
    await home.json(['terminate', id]);
    assert.equal(await home.refused(['worktrees', 'cleanup', id]), 'WORKTREE_ACTIVE');
    assert.equal((await home.json(['terminate', old])).already_terminated, false);
    await verified(home);
  });

  it('is refused before anything is touched; a worker that was lost after that is handed over', async () => {
    const home = strict;
    const old = await home.spawn('fake-question');
    await home.reaches(old, 'AWAITING_USER_INPUT');
    const to = (provider: string) => home.refused(['handoff', old, '--provider', provider]);
    assert.equal(await to('auto'), 'POLICY_BLOCKED');
    assert.equal(await to('fake-idle'), 'POLICY_BLOCKED');
    assert.equal(await to('nothing-like-it'), 'PROVIDER_NOT_FOUND');
    assert.equal(await to('codex'), 'PROVIDER_NOT_INSTALLED');
    assert.equal(home.eventsOf('worker.handover_requested').length, 0);
    assert.equal(home.session(old).state, 'AWAITING_USER_INPUT');
    const { brief } = await home.json(['handoff', old, '--provider', 'fake-patch', '--dry-run']);
    assert.match(brief.text, /A question that was not answered/);

    home.killServers();
    await home.reaches(old, 'LOST');
    const { successor_id } = await home.json(['handoff', old, '--provider', 'fake-patch']);
    await home.reaches(successor_id, 'COMPLETED');
    const kept = join(home.session(successor_id).artifact_dir, 'handoff.md');
    assert.match(readFileSync(kept, 'utf8'), /Its last state was LOST \(its tmux server is gone/);
    await verified(home);
  });

  it('stays where it is if the successor cannot be started, and can be handed over again', async () => {
    const home = shared;
    const tmux = withoutNewTerminals(home);
    const old = await home.spawn('fake-patch', ...IMPLEMENTER);
    await home.reaches(old, 'COMPLETED');
    const { worktree_path } = home.session(old);
    const words = ['handoff', old, '--provider', 'fake-patch'];
    const stop = tmux.stop();
    assert.equal(await home.refused(words, { wholeProcess: true }), 'TMUX_FAILED');
    const [failed] = home.eventsOf('worker.handover_failed', old);
    const { state, alive } = home.session(failed?.data.successor ?? '');
    assert.deepEqual([state, alive], ['FAILED', 0]);
    assert.ok(existsSync(worktree_path ?? ''), 'the worktree is not touched');
    assert.equal(home.session(old).worktree_path, worktree_path);
    stop();
    const { successor_id } = await home.json(words, { wholeProcess: true });
    await home.reaches(successor_id, 'COMPLETED');
    assert.equal(home.session(old).successor, successor_id);
    await verified(home);
  });

  it('is handed over once when two callers want it', async () => {
    const home = shared;
    const old = await home.spawn('fake-idle', ...IMPLEMENTER);
    await home.reaches(old, 'IDLE');
    const words = ['handoff', old, '--provider', 'fake-idle', '--json'];
    const said = await Promise.all([1, 2].map(() => home.run(words, { wholeProcess: true })));
    const codes = said.map(({ stdout }) => JSON.parse(stdout).error?.code ?? 'ok').sort();
    assert.deepEqual(codes, ['SESSION_HANDED_OVER', 'ok']);
    assert.equal(home.eventsOf('worker.took_over').filter(({ data }) => data.predecessor === old).length, 1);
    await verified(home);
  });

  it('goes at a limit to the first named provider that can take it; the others and why not are recorded', async () => {
    const home = strict;
    const old = await home.spawn('fake-limit', ...IMPLEMENTER);
    await home.reaches(old, 'IDLE');
    const app = await openApp(home.env, 'watcher');
    const named = (provider_id: string) => ({ provider_id, model: null, account: null });
    const fallbacks = ['fake-idle', 'fake-patch', 'fake-question'].map(named);
    const onLimit = { action: 'hand_over' as const, fallbacks, wait_at_most_seconds: null };
    const { handed } = await handOverAtLimit(app, sessionNamed(app, old), onLimit);
    const none = { ...onLimit, fallbacks: [named('fake-idle')] };
    const waiting = await handOverAtLimit(app, sessionNamed(app, handed ?? ''), none);
    app.ledger.close();
    const [requested] = home.eventsOf('worker.handover_requested', old);
    assert.deepEqual(
      [requested?.data.because, requested?.data.to.provider_id, requested?.data.tried[0]?.provider_id],
      ['limit', 'fake-patch', 'fake-idle'],
    );
    assert.match(requested?.data.tried[0]?.reason ?? '', /denied/);
    const [taken] = home.eventsOf('worker.spawn_requested', handed ?? '');
    assert.deepEqual(taken?.data.on_limit?.fallbacks, [named('fake-question')]);
    assert.deepEqual([waiting.handed, waiting.tried.length], [null, 1]);
    await verified(home);
  });
});
