import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';

const unfinished = new URL('./unfinished.ts', import.meta.url).href;

/** How a process ends that waits for this promise, and what it prints. */
async function ends(promise: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const program = `
    import { withoutSilence } from ${JSON.stringify(unfinished)};
    const report = () => { console.error('unfinished'); process.exitCode = 1; };
    withoutSilence(${promise}, report).then((answer) => console.log(answer), (error) => console.log(error.message));`;
  const words = ['--import', 'tsx', '--input-type=module', '--eval', program];
  const { code = 0, ...said } = await promisify(execFile)(process.execPath, words).catch((error) => error);
  return { code, stdout: said.stdout, stderr: said.stderr };
}

describe('a command that waits for what can never happen', () => {
  it('fails, and says so', async () => {
    assert.deepEqual(await ends('new Promise(() => {})'), { code: 1, stdout: '', stderr: 'unfinished\n' });
  });

  it('is none that answers or fails', async () => {
    const after = 'new Promise((done) => setTimeout(done, 5, "answer"))';
    assert.deepEqual(await ends(after), { code: 0, stdout: 'answer\n', stderr: '' });
    assert.deepEqual(await ends('Promise.reject(new Error("no"))'), { code: 0, stdout: 'no\n', stderr: '' });
  });
});
