import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { agentSessionId } from '../../agents/contract/launch.ts';
import type { WorkerPlace } from '../../projections/sessions/queries.ts';
import { tokenLogs } from '../../usage/tokens/logs.ts';
import type { SessionTokens } from '../../usage/tokens/sessions.ts';
import { NONE } from '../../usage/tokens/sums.ts';
import { tokenOwners } from './token-owners.ts';

const logs = await tokenLogs();

const noon = Date.UTC(2026, 2, 4, 12);
const at = (minutes: number) => noon + minutes * 60_000;

const worker = (id: string, changes: Partial<WorkerPlace> = {}): WorkerPlace => ({
  id,
  provider_id: 'codex-cli',
  account: null,
  coordinator_id: 'cli',
  repo_path: '/home/dev/shop',
  worktree_path: null,
  conversation_id: null,
  started: at(0),
  ended: at(10),
  ...changes,
});

const session = (name: string, minutes: number, changes: Partial<SessionTokens> = {}): SessionTokens => ({
  ...NONE,
  provider_id: 'codex-cli',
  session: name,
  folder: '/home/dev/shop',
  began_at: new Date(at(minutes)).toISOString(),
  ...changes,
});

const owners = (workers: WorkerPlace[], sessions: SessionTokens[]) =>
  Object.fromEntries(
    [...tokenOwners(workers, sessions, logs)].map(([id, its]) => [id, its.map((each) => each.session)]),
  );

describe("an agent's session", () => {
  it('belongs to the worker whose name it has, wherever and whenever it began', () => {
    const provider_id = 'claude-code';
    const [first, second] = [worker('ap_1', { provider_id }), worker('ap_2', { provider_id })];
    const named = session(agentSessionId('ap_2'), 900, { provider_id, folder: '/elsewhere' });
    assert.deepEqual(owners([first, second], [named]), { ap_2: [named.session] });
  });

  it('belongs to the worker whose recorded conversation it is, beside another one in the same folder', () => {
    const both = [worker('ap_1', { conversation_id: 'c1' }), worker('ap_2', { conversation_id: 'c2' })];
    assert.deepEqual(owners(both, [session('c2', 900), session('c1', 5)]), { ap_1: ['c1'], ap_2: ['c2'] });
  });

  it('of an agent that takes names belongs to no worker without one in a shared folder', () => {
    const provider_id = 'claude-code';
    const mine = session('of-a-person', 5, { provider_id });
    assert.deepEqual(owners([worker('ap_1', { provider_id })], [mine]), {});
  });

  it('that began in a worktree belongs to the worker of that worktree', () => {
    const own = worker('ap_1', { worktree_path: '/home/dev/.trees/shop/1' });
    const beside = worker('ap_2', { worktree_path: '/home/dev/.trees/shop/12' });
    const sessions = [
      session('a', 5, { folder: '/home/dev/.trees/shop/1' }),
      session('b', 500, { folder: '/home/dev/.trees/shop/1/src' }),
      session('c', 5, { folder: '/home/dev/.trees/shop/12' }),
      session('d', 5, { folder: '/home/dev/.trees/shop/1', provider_id: 'opencode' }),
    ];
    assert.deepEqual(owners([own, beside], sessions), { ap_1: ['a', 'b'], ap_2: ['c'] });
  });

  it('that began in a shared folder belongs to the only worker that was at work there', () => {
    const sessions = [session('before', -1), session('within', 5), session('after', 30)];
    assert.deepEqual(owners([worker('ap_1')], sessions), { ap_1: ['within'] });
    assert.deepEqual(owners([worker('ap_1', { ended: null })], sessions), { ap_1: ['within', 'after'] });
  });

  it('belongs to the later worker if one followed the other at once', () => {
    const [first, next] = [worker('ap_1'), worker('ap_2', { started: at(10) + 500, ended: at(20) })];
    const sessions = [session('b', 10.1), session('c', 20.5)];
    assert.deepEqual(owners([first, next], sessions), { ap_2: ['b', 'c'] });
  });

  it('belongs to no worker if two could have begun it', () => {
    assert.deepEqual(owners([worker('ap_1'), worker('ap_2')], [session('a', 5)]), {});
    assert.deepEqual(owners([worker('ap_1')], [session('a', 5, { folder: null })]), {});
  });
});
