import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { Machine, share } from '../workers/testing/fleet.ts';
import { Home } from '../workers/testing/home.ts';
import { Host } from './testing/host.ts';

describe('a host on one machine of a fleet', () => {
  const home = new Home();
  const self = new Machine('desk', home.ledgerFile);
  const laptop = new Machine('laptop');
  before(() => {
    self.join();
    self.request('ap_here11');
    laptop.request('ap_there1');
    share(join(home.folder, 'fleet'), self, [{ machine: laptop }]);
  });

  it('lists and counts the workers of all machines where it asks for them', async () => {
    const host = await Host.open(home, ['--toolsets', 'all']);
    const { sessions, machines, scope } = await host.call('list_sessions', { all_machines: true });
    const listed = sessions.map((each: { id: string; machine: string }) => `${each.id} ${each.machine}`);
    assert.deepEqual(listed.toSorted(), ['ap_here11 desk', 'ap_there1 laptop']);
    assert.deepEqual([machines.length, scope.all_machines], [2, true]);
    assert.equal((await host.call('list_sessions', { include_all: true })).sessions.length, 1);
    const window = { window: 'all', include_fakes: true };
    assert.equal((await host.call('get_stats', { ...window, scope: 'all' })).sessions.total, 1);
    assert.equal((await host.call('get_stats', { ...window, all_machines: true })).sessions.total, 2);
  });

  it('is told where a worker of another machine is', async () => {
    const host = await Host.open(home, ['--toolsets', 'all']);
    assert.match(
      await host.refused('get_session', { session_id: 'ap_there1' }),
      /ap_there1 is a worker of laptop/,
    );
  });
});
