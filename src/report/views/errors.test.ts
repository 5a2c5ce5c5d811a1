import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { type ErrorCode, errorCodes, errorKind } from '../../lib/error-codes/index.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { printError } from './errors.ts';

function printed(thrown: unknown, options: { json?: boolean; debug?: boolean; usageExit?: number } = {}) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const { json = false, debug = false, usageExit } = options;
  const env = debug ? { AGENTPOOL_DEBUG: '1' } : {};
  const exit = printError(thrown, { json, stdout, stderr, env, ...(usageExit && { usageExit }) });
  return { exit, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
}

describe('an error of a command', () => {
  it('exits with the status of its kind', () => {
    for (const code of Object.keys(errorCodes) as ErrorCode[]) {
      const error = new AgentPoolError(code, 'No.');
      const isUsage = errorKind(code) === 'usage';
      // As a shell reports a program that Ctrl-C has ended.
      const other = code === 'INTERRUPTED' ? 130 : 1;
      assert.equal(printed(error).exit, isUsage ? 2 : other, code);
      assert.equal(printed(error, { usageExit: 64 }).exit, isUsage ? 64 : other, code);
    }
  });

  it('prints the stacks of its causes on stderr with AGENTPOOL_DEBUG, without secrets', () => {
    const cause = new Error(
      'git push https://me:ghp_0123456789abcdefghij0123456789abcdef@example.com failed',
    );
    const error = new AgentPoolError('GIT_FAILED', 'git failed.', {}, { cause });
    for (const json of [false, true]) {
      const { stdout, stderr } = printed(error, { json, debug: true });
      assert.match(stderr, /\[cause\].*errors\.test\.[jt]s/s);
      assert.doesNotMatch(stdout + stderr, /ghp_0123456789/);
      if (json) assert.equal(JSON.parse(stdout).error.code, 'GIT_FAILED');
    }
    assert.doesNotMatch(printed(error).stderr, /cause|errors\.test\.[jt]s/);
  });

  it('keeps its message short for a bug in AgentPool, whatever AGENTPOOL_DEBUG says', () => {
    const { stdout } = printed(new TypeError('x is not a function'), { json: true, debug: true });
    assert.deepEqual(JSON.parse(stdout).error, {
      code: 'INTERNAL_ERROR',
      message: 'x is not a function',
      details: { example: 'agentpool doctor' },
    });
  });
});
