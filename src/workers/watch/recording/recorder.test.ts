import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Config } from '../../../config/schema.ts';
import { scratchFolder } from '../../../lib/testing/scratch.ts';
import { until } from '../../../lib/testing/until.ts';
import { readRecording } from '../../../terminal/recording/reader.ts';
import { linesOf, shownBy } from '../../../terminal/recording/testing/recorded.ts';
import type { Screen } from '../../../terminal/screen/screen.ts';
import { Recorder, type RecorderOptions } from './recorder.ts';

const ground = scratchFolder();
let count = 0;

const screenWith = (...lines: string[]): Screen => ({
  cols: 80,
  rows: Array.from({ length: 24 }, (_, index) => ({ text: lines[index] ?? '', wrapped: false })),
  cursor: { row: 0, col: 0 },
  alternate: false,
  title: '',
});

const recorderIn = (folder: string, options: Partial<RecorderOptions> = {}) =>
  new Recorder({
    folder,
    sessionId: 'ap_test',
    run: 1,
    setting: () => 'on',
    mayWrite: () => true,
    context: () => ({ above: [], head: '' }),
    onFault: (error) => assert.fail(String(error)),
    ...options,
  });

const shownIn = async (folder: string) =>
  (await readRecording(folder)).flatMap(shownBy).map((picture) => linesOf(picture)[0]);

describe('a recorder', () => {
  it('leaves out what follows too soon, but never the last', async () => {
    const folder = join(ground, `${++count}`);
    const recorder = recorderIn(folder);
    for (let frame = 0; frame < 500; frame++) recorder.show(screenWith(`frame ${frame}`));
    await until('the last frame', async () => (await shownIn(folder)).at(-1) === 'frame 499');
    const frames = await shownIn(folder);
    assert.equal(frames[0], 'frame 0');
    assert.ok(frames.length < 100, `${frames.length}`);
    recorder.show(screenWith('more'));
    recorder.show(screenWith('the end'));
    await recorder.close();
    assert.equal((await shownIn(folder)).at(-1), 'the end');
    recorder.show(screenWith('after the end'));
    assert.equal((await shownIn(folder)).at(-1), 'the end');
  });

  it('follows its setting with each screen', async () => {
    const folder = join(ground, `${++count}`);
    let setting: Config['recording'] = 'off';
    const recorder = recorderIn(folder, { setting: () => setting });
    recorder.show(screenWith('unseen'));
    assert.equal(existsSync(folder), false);
    setting = { max_mb: 1 };
    recorder.show(screenWith('seen'));
    setting = 'off';
    recorder.show(screenWith('unseen'));
    await recorder.close();
    assert.deepEqual(await shownIn(folder), ['seen']);
  });

  it('never throws into the watching', async () => {
    const faults: unknown[] = [];
    const recorder = recorderIn(join(ground, 'none', 'recording'), {
      onFault: (error) => faults.push(error),
    });
    recorder.show(screenWith('a'));
    recorder.show(screenWith('b'));
    await recorder.close();
    const broken = recorderIn(join(ground, `${++count}`), {
      context: () => {
        throw new Error('the pane is gone');
      },
      onFault: (error) => faults.push(error),
    });
    broken.show(screenWith('a'));
    await broken.close();
    assert.equal(faults.length, 2);
  });
});
