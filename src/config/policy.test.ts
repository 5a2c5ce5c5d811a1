import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultConfig } from './file/defaults.ts';
import {
  checkParallel,
  checkRawKeys,
  checkSpawn,
  checkUsage,
  isolationFor,
  type SpawnToCheck,
} from './policy.ts';
import type { Policy } from './schema.ts';

const defaults = defaultConfig();

const spawn: SpawnToCheck = { provider: 'codex-cli', role: 'explorer', isolation: 'read_only' };

/** The rule that refuses `request` under the default policy with `changes`, or null. */
function refusedBy(request: Partial<SpawnToCheck>, changes: Partial<Policy> = {}): keyof Policy | null {
  return checkSpawn({ ...defaults.policy, ...changes }, { ...spawn, ...request })?.policy ?? null;
}

describe('the policy for a spawn', () => {
  it('lets a named provider read', () => assert.equal(refusedBy({}), null));

  it('refuses to choose the provider, whatever the config says', () => {
    for (const provider of ['auto', 'AUTO', ' auto ', '', '  ']) {
      assert.equal(refusedBy({ provider }), 'require_explicit_provider');
      assert.equal(
        refusedBy({ provider }, { require_explicit_provider: false }),
        'require_explicit_provider',
      );
    }
  });

  it('refuses a denied provider, even one that is also allowed', () => {
    const denied_providers = ['codex-cli'];
    assert.equal(refusedBy({}, { denied_providers }), 'denied_providers');
    assert.equal(refusedBy({}, { denied_providers, allowed_providers: ['codex-cli'] }), 'denied_providers');
    assert.equal(refusedBy({ provider: 'opencode' }, { denied_providers }), null);
  });

  it('allows all providers while none is named, else only those', () => {
    assert.equal(refusedBy({}, { allowed_providers: [] }), null);
    assert.equal(refusedBy({}, { allowed_providers: ['codex-cli'] }), null);
    assert.equal(refusedBy({}, { allowed_providers: ['opencode'] }), 'allowed_providers');
  });

  it('refuses the shared folder by default', () => {
    const shared = { isolation: 'shared' } as const;
    assert.equal(refusedBy(shared), 'allow_shared_repo_edits');
    assert.equal(refusedBy(shared, { allow_shared_repo_edits: true }), null);
  });

  it('gives a role that edits a worktree, or read-only access, even if sharing is allowed', () => {
    const implementer = { role: 'implementer' };
    const sharing = { allow_shared_repo_edits: true };
    assert.equal(refusedBy({ ...implementer, isolation: 'worktree' }), null);
    assert.equal(refusedBy({ ...implementer, isolation: 'read_only' }), null);
    assert.equal(refusedBy({ ...implementer, isolation: 'shared' }, sharing), 'require_worktree_for_edits');
    assert.equal(
      refusedBy({ ...implementer, isolation: 'shared' }, { ...sharing, require_worktree_for_edits: false }),
      null,
    );
  });

  it('gives a role that edits a worktree if the spawn names no isolation', () => {
    const policy = { ...defaults.policy, default_isolation: 'read_only' as const };
    assert.equal(isolationFor(policy, 'implementer', undefined), 'worktree');
    assert.equal(isolationFor(policy, 'explorer', undefined), 'read_only');
    assert.equal(isolationFor(policy, 'implementer', 'read_only'), 'read_only');
    const loose = { ...policy, require_worktree_for_edits: false };
    assert.equal(isolationFor(loose, 'implementer', undefined), 'read_only');
  });

  it('reports the rule, the reason and a next command', () => {
    const refusal = checkSpawn(defaults.policy, { ...spawn, isolation: 'shared' });
    assert.equal(refusal?.code, 'POLICY_BLOCKED');
    assert.match(refusal?.message ?? '', /policy\.allow_shared_repo_edits: true/);
    assert.match(refusal?.example ?? '', /^agentpool spawn --provider codex-cli --isolation worktree/);
  });
});

describe('the other limits of the policy', () => {
  it('allow parallel workers up to the limit', () => {
    const policy = { ...defaults.policy, max_parallel_sessions: 2 };
    assert.equal(checkParallel(policy, 1), null);
    assert.equal(checkParallel(policy, 2)?.policy, 'max_parallel_sessions');
  });

  it('refuse raw keys by default', () => {
    assert.equal(checkRawKeys(defaults.policy, 'ap_1')?.policy, 'allow_raw_keys');
    assert.equal(checkRawKeys({ ...defaults.policy, allow_raw_keys: true }, 'ap_1'), null);
  });
});

describe('the policy for a provider with known limits', () => {
  const check = (status: string, changes: Partial<Policy> = {}, backAt: string | null = null) =>
    checkUsage({ ...defaults.policy, ...changes }, { provider: 'codex-cli', status, backAt });

  it('refuses blocked statuses, and reports when the provider is available again', () => {
    assert.equal(check('available'), null);
    assert.equal(check('near_limit'), null);
    const refused = check('limit_reached', {}, '2026-11-26T14:00:00.000Z');
    assert.equal(refused?.policy, 'block_on_usage_statuses');
    assert.match(refused.message, /codex-cli has reached its limit.* back at 2026-11-26T14:00:00.000Z/);
    assert.match(check('limit_reached')?.message ?? '', /not known/);
    assert.equal(check('limit_reached', { block_on_usage_statuses: [] }), null);
  });

  it('refuses forbidden overage, whichever statuses are blocked', () => {
    const block_on_usage_statuses: string[] = [];
    assert.equal(check('overage_possible', { block_on_usage_statuses })?.policy, 'never_allow_overage');
    assert.equal(check('overage_possible', { block_on_usage_statuses, never_allow_overage: false }), null);
  });
});
