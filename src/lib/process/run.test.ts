import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type RunOutcome, run } from './run.ts';
import { faultText, type ProgramOutput, runShort } from './start.ts';

const env = { PATH: process.env.PATH };

/** Both runners give the same results, whichever library they use. */
const runners: [string, (script: string, ms?: number) => Promise<Record<string, unknown>>][] = [
  [
    'run',
    async (script, timeoutMs) => {
      const options = { env, ...(timeoutMs !== undefined && { timeoutMs }) };
      const { code, stdout, stderr, timedOut }: RunOutcome = await run('sh', ['-c', script], options);
      return { code: code ?? -1, stdout: stdout.trim(), stderr: stderr.trim(), timedOut };
    },
  ],
  [
    'runShort',
    async (script, timeoutMs) => {
      const options = { env, ...(timeoutMs !== undefined && { timeoutMs }) };
      const { code, stdout, stderr, fault }: ProgramOutput = await runShort('sh', ['-c', script], options);
      const timedOut = fault?.reason === 'too slow';
      return { code, stdout: stdout.toString().trim(), stderr: stderr.trim(), timedOut };
    },
  ],
];

for (const [name, answer] of runners) {
  describe(name, () => {
    it('returns the output of a program and its exit code', async () => {
      const ended = await answer('echo out; echo err >&2; exit 3');
      assert.deepEqual(ended, { code: 3, stdout: 'out', stderr: 'err', timedOut: false });
    });

    it('gives a program no input', async () => {
      assert.equal((await answer('cat; echo read')).stdout, 'read');
    });

    it('ends a program that takes too long', async () => {
      const ended = await answer('echo begun; exec sleep 600', 1000);
      assert.deepEqual(ended, { code: -1, stdout: 'begun', stderr: '', timedOut: true });
    });
  });
}

describe('a program that cannot be started', () => {
  it('is reported with the error of the system', async () => {
    const { code, error } = await run('/nowhere/at-all', [], { env });
    assert.equal(code, null);
    assert.match(error?.message ?? '', /\/nowhere\/at-all/);
    const { fault } = await runShort('/nowhere/at-all', [], { env });
    assert.deepEqual([fault?.reason, fault?.cause?.code], ['not started', 'ENOENT']);
  });
});

describe('a short run', () => {
  it('passes its input to the program, even to one that does not read it', async () => {
    const input = 'x'.repeat(1_000_000);
    assert.equal((await runShort('wc', ['-c'], { env, input })).stdout.toString().trim(), '1000000');
    assert.equal((await runShort('true', [], { env, input })).code, 0);
  });

  it('names the signal that ended its program', async () => {
    const { code, fault } = await runShort('sh', ['-c', 'kill -TERM $$'], { env });
    assert.deepEqual([code, fault && faultText(fault)], [-1, 'ended by SIGTERM']);
  });

  it('is ended if it prints more than the limit', async () => {
    const { fault, stdout } = await runShort('cat', ['/dev/zero'], { env, maxBytes: 100_000 });
    assert.equal(fault?.reason, 'too much');
    assert.ok(stdout.length <= 100_000);
  });
});
