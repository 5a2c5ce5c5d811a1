import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { aSample, aWindow } from '../../../fixtures/usage/samples.ts';
import type { UsageSample } from '../../agents/contract/limits/sample.ts';
import { replicaFile, replicatedMachines } from '../../fleet/replicas/replica.ts';
import { usageStream } from '../../usage/asking/record.ts';
import type { CapacityRow } from '../../usage/capacity/capacity.ts';
import { capacityNow } from '../../usage/capacity/current.ts';
import type { AppContext } from '../core/context.ts';
import { JoinedHome, type Known, Machine, share } from '../testing/fleet.ts';
import { assertHeadroom, knownCapacity } from './capacity.ts';
import { usageElsewhere } from './usage-elsewhere.ts';

const HOUR = 3_600_000;
const NOW = new Date('2026-11-23T02:00:00.000Z');
const LATER = '2026-11-26T14:00:00.000Z';
const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000).toISOString();

/** What a provider says of an account, some minutes ago. */
function said(minutes: number, used: number, facts: Partial<UsageSample> = {}): UsageSample {
  const at = minutesAgo(minutes);
  return aSample('codex-cli', {
    account: 'me',
    checked_at: at,
    observed_at: at,
    status: used >= 100 ? 'limit_reached' : 'available',
    windows: [aWindow('weekly', used, LATER)],
    ...facts,
  });
}

describe('the limits of an account that several machines use', () => {
  const joined = new JoinedHome();
  const { self } = joined;
  let app: AppContext;
  before(async () => {
    app = await joined.open();
    self.append(usageStream('codex-cli'), { type: 'usage.sampled', data: said(30, 40) });
  });
  after(() => app.ledger.close());

  /** The row of Codex here, where another machine has recorded these samples. */
  function row(samples: readonly UsageSample[], known: Known = {}): CapacityRow | undefined {
    rmSync(app.paths.fleet, { recursive: true, force: true });
    const laptop = new Machine('laptop');
    for (const data of samples) laptop.append(usageStream(data.provider_id), { type: 'usage.sampled', data });
    share(app.paths.fleet, self, [{ machine: laptop, known }]);
    return capacityNow(app.ledger, {
      config: app.config,
      ids: ['codex-cli'],
      detected: [],
      now: NOW,
      elsewhere: usageElsewhere(app.ledger, app.paths, NOW),
    }).providers['codex-cli'];
  }
  const used = (found: CapacityRow | undefined) => [found?.windows[0]?.used_percent, found?.machine];

  it('are the newest that any of them knows, with the name of another machine', () => {
    assert.deepEqual(used(row([said(10, 100)])), [100, 'laptop']);
    assert.deepEqual(used(row([said(50, 100)])), [40, undefined]);
  });

  it('are found under another name of the account in the config of the other machine', () => {
    assert.deepEqual(used(row([said(10, 70, { provider_id: 'codex-cli@work' })])), [70, 'laptop']);
    assert.deepEqual(used(row([said(10, 70, { provider_id: 'claude-code' })])), [40, undefined]);
  });

  it('are not those of another account, or of one of which only the folder is known', () => {
    assert.deepEqual(used(row([said(10, 100, { account: 'another' })])), [40, undefined]);
    assert.deepEqual(used(row([said(10, 100, { account: null })])), [40, undefined]);
    assert.deepEqual(used(row([said(10, 100, { raw: { login_folder: 'me' } })])), [40, undefined]);
  });

  it('are compared by one clock', () => {
    const ahead = { clock_ahead_ms: 2 * HOUR };
    assert.deepEqual(used(row([said(10, 100)], ahead)), [40, undefined]);
    const found = row([said(10 - 120, 100)], ahead);
    assert.deepEqual(used(found), [100, 'laptop']);
    assert.equal(found?.observed_at, minutesAgo(10));
  });

  it('stay where a later question on the other machine has failed', () => {
    const failed = said(5, 0, { status: 'unknown', windows: [] });
    assert.deepEqual(used(row([said(10, 80), failed])), [80, 'laptop']);
  });

  it('include the warnings that an agent showed there since', () => {
    const warning = said(5, 100, { confidence: 'provider_warning', source: 'worker-screen' });
    const found = row([said(50, 40), warning]);
    assert.deepEqual([found?.status, found?.machine], ['limit_reached', 'laptop']);
  });

  it('are those of this machine where the log of the other one cannot be read', () => {
    const others = () => usageElsewhere(app.ledger, app.paths, NOW).length;
    const { windows } = row([said(10, 100)]) ?? { windows: [] };
    assert.deepEqual([windows[0]?.used_percent, others()], [100, 1]);
    for (const id of replicatedMachines(app.paths.fleet))
      writeFileSync(replicaFile(app.paths.fleet, id), 'no database at all, but long enough to be one');
    assert.equal(others(), 0);
  });
});

describe('a limit that was used up on another machine', () => {
  const joined = new JoinedHome();
  const laptop = new Machine('laptop');
  let app: AppContext;
  before(async () => {
    app = await joined.open();
  });
  after(() => app.ledger.close());
  const now = (used: number) => {
    const at = new Date().toISOString();
    const data = said(0, used, {
      checked_at: at,
      observed_at: at,
      windows: [aWindow('weekly', used, new Date(Date.now() + HOUR).toISOString())],
    });
    return { type: 'usage.sampled', data } as const;
  };

  it('refuses a spawn here', () => {
    joined.self.append(usageStream('codex-cli'), now(40));
    assertHeadroom(app, 'codex-cli', knownCapacity(app));
    laptop.append(usageStream('codex-cli'), now(100));
    share(app.paths.fleet, joined.self, [{ machine: laptop }]);
    assert.throws(() => assertHeadroom(app, 'codex-cli', knownCapacity(app)), {
      code: 'POLICY_BLOCKED',
      message: /That is known from laptop/,
    });
  });

  it('does not while this machine is not in a fleet', () => {
    joined.self.append('fleet', { type: 'fleet.left', data: { machine_id: joined.self.id } });
    assertHeadroom(app, 'codex-cli', knownCapacity(app));
  });
});
