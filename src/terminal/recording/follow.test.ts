import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { scratchFolder } from '../../lib/testing/scratch.ts';
import { until } from '../../lib/testing/until.ts';
import { RecordingFollower } from './follow.ts';
import type { Picture } from './format.ts';
import { linesOf, pictureWith, writerIn } from './testing/recorded.ts';

describe('a reader that follows a recording', () => {
  const folder = join(scratchFolder(), 'recording');

  it('shows each change at once, from before the first to after the last piece', async () => {
    const shown: (Picture | null)[] = [];
    const follower = new RecordingFollower(folder, (picture) => shown.push(picture));
    const shows = (...lines: string[]) =>
      until(
        lines.join(),
        () => shown.at(-1) && linesOf(shown.at(-1)).join() === lines.join(),
        () => JSON.stringify(shown.at(-1)),
      );
    follower.start();
    assert.deepEqual(shown, [null]);
    const writer = writerIn(folder);
    writer.show(pictureWith('a'));
    await shows('a');
    writer.show(pictureWith('a', 'b'));
    await shows('a', 'b');
    // A line that is still being written is no frame yet.
    const open = join(folder, '0001.ndjson');
    appendFileSync(open, '[900,[[2,"é');
    appendFileSync(open, '"]]]\n');
    await shows('a', 'b', 'é');
    const next = writerIn(folder);
    next.show(pictureWith('of the next watcher'));
    await shows('of the next watcher');
    await next.close();
    await until('the end of the recording', () => shown.at(-1) === null);
    const count = shown.length;
    follower.close();
    const after = writerIn(folder);
    after.show(pictureWith('unseen'));
    await after.close();
    assert.equal(shown.length, count);
  });
});
