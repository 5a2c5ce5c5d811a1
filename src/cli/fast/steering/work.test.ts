import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { scratchFolder } from '../../../lib/testing/scratch.ts';
import type { Call } from '../../output/call.ts';
import { fastWork } from './work.ts';

const home = scratchFolder();

/** The exit codes with which a command ends its process at once. */
async function leftWith(work: (call: Call<unknown>) => number): Promise<number[]> {
  const codes: number[] = [];
  const answer = fastWork(async (call) => work(call), { reconciles: false });
  const env = { AGENTPOOL_HOME: home, PATH: process.env.PATH };
  await answer({ json: true }, env, (code) => void codes.push(code));
  return codes;
}

describe('the process of a command that has answered', () => {
  it('ends at once, with its exit code', async () => assert.deepEqual(await leftWith(() => 124), [124]));

  it('waits for a stream that the command has opened, which may still have to write', async () => {
    const codes = await leftWith(({ context }) => (context.stderr.writable ? 0 : 1));
    assert.deepEqual(codes, []);
  });
});
