import assert from 'node:assert/strict';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../lib/testing/processes.ts';
import { ended, start } from './testing/run.ts';

describe('agentpool', () => {
  it('prints help without colour into a pipe, whatever TERM says', async () => {
    for (const words of [['--help'], ['replay', '--help']]) {
      const child = start(temporaryFolder(), words, { NO_COLOR: undefined, TERM: 'xterm-256color' });
      const printed = await text(child.stdout as Readable);
      assert.equal(await ended(child), 0);
      assert.match(printed, /replay/);
      assert.doesNotMatch(printed, /\u001b/);
    }
  });

  it('suggests the command that was probably meant', async () => {
    const child = start(temporaryFolder(), ['replai', '--json']);
    const printed = await text(child.stdout as Readable);
    assert.equal(await ended(child), 2);
    const { error } = JSON.parse(printed) as { error: { code: string; message: string } };
    assert.equal(error.code, 'UNKNOWN_COMMAND');
    assert.match(error.message, /agentpool replay/);
  });
});
