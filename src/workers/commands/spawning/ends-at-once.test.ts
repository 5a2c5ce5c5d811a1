import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Home } from '../../testing/home.ts';

describe('an agent that ends at once', () => {
  const home = new Home({
    config: {},
    agents: [{ id: 'broken', program: 'fake-exit', env: { FAKE_CODE: '7' } }],
  });

  it('is reported with its exit code, and with where its last words are', async () => {
    const spawn = ['spawn', '--provider', 'broken', '--task', 'Look', '--wait', 'any', '--timeout', '20'];
    const read = await home.run(spawn);
    assert.match(read.stdout, /exited with code 7/);
    assert.match(read.stdout, /agentpool transcript ap_/);
    assert.match((await home.run(['sessions'])).stdout, /FAILED \(exit code 7\)/);
    const collected = await home.run(['collect', '@last']);
    assert.match(collected.stdout, /exited with code 7/);
    assert.match(collected.stdout, /agentpool transcript ap_/);
    const [{ reason, exit_code }] = (await home.json(['sessions'])).sessions;
    assert.deepEqual([reason, exit_code], ['its process exited with code 7', 7]);
    assert.equal((await home.json(['collect', '@last'])).reason, reason);
  });
});
