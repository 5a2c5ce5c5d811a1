import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { scratchFolder } from '../../lib/testing/scratch.ts';
import { isSameSize } from './frames.ts';
import { pieceFiles, recordingBytes } from './pieces.ts';
import { readRecording } from './reader.ts';
import { showings } from './testing/pictures.ts';
import { linesOf, pictureWith, shownBy, writerIn } from './testing/recorded.ts';

const ground = scratchFolder();
let count = 0;
const newFolder = () => join(ground, `${++count}`);

/** Everything that a recording shows, frame by frame. */
const shownIn = async (folder: string) => (await readRecording(folder)).flatMap(shownBy);
const lastLines = async (folder: string) => linesOf((await shownIn(folder)).at(-1));

describe('a recording', () => {
  it('shows what was recorded, whatever is in it, also where the size changes', async () => {
    await fc.assert(
      fc.asyncProperty(showings, async (pictures) => {
        const folder = newFolder();
        const writer = writerIn(folder);
        for (const picture of pictures) writer.show(picture);
        await writer.close();
        const shown = (await shownIn(folder)).map(({ rows, ...rest }) => ({
          ...rest,
          rows: rows.map(({ text, runs }) => ({ text, runs })),
        }));
        const expected = pictures.filter((picture, index) => {
          const before = pictures[index - 1];
          return !before || JSON.stringify(before) !== JSON.stringify(picture);
        });
        // Control characters are blanks for every reader.
        assert.deepEqual(shown, JSON.parse(JSON.stringify(expected).replaceAll('\u2028', ' ')));
      }),
      { numRuns: 60 },
    );
  });

  it('can be read piece by piece, each of one size and with a head', async () => {
    const folder = newFolder();
    const writer = writerIn(folder, { run: 3 });
    writer.show(pictureWith('wide'));
    writer.show({ ...pictureWith('narrow'), cols: 40 });
    await writer.close();
    const pieces = await readRecording(folder);
    assert.deepEqual(
      pieces.map(({ head }) => [head.version, head.session_id, head.run, head.cols, head.rows]),
      [
        [1, 'ap_test', 3, 80, 24],
        [1, 'ap_test', 3, 40, 24],
      ],
    );
    assert.ok(
      pieces.every((piece) => shownBy(piece).every((each, _, [first]) => first && isSameSize(each, first))),
    );
  });

  it('is private, compressed when it is closed, and nothing while nothing changes', async () => {
    const folder = newFolder();
    const writer = writerIn(folder);
    assert.ok(writer.show(pictureWith('a')) > 0);
    assert.equal(writer.show(pictureWith('a')), 0);
    assert.deepEqual(readdirSync(folder), ['0001.ndjson']);
    await writer.close();
    assert.deepEqual(readdirSync(folder), ['0001.ndjson.gz']);
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    assert.equal(statSync(join(folder, '0001.ndjson.gz')).mode & 0o777, 0o600);
  });

  it('counts its times from the start of each piece, and never backwards', async () => {
    const folder = newFolder();
    const times = [1000, 1250, 1200, 2000, 500, 700];
    const writer = writerIn(folder, { now: () => times.shift() ?? 0 });
    for (const word of ['a', 'b', 'c', 'd', 'e', 'f']) writer.show(pictureWith(word));
    await writer.close();
    // The clock was set back by more than a second before the fifth frame.
    assert.deepEqual(
      (await readRecording(folder)).map(({ head, frames }) => [head.started_at, frames.map(([ms]) => ms)]),
      [
        ['1970-01-01T00:00:01.000Z', [0, 250, 250, 1000]],
        ['1970-01-01T00:00:00.500Z', [0, 200]],
      ],
    );
  });

  it('stays below its bound: the oldest pieces are dropped, and what is left can be read', async () => {
    const folder = newFolder();
    const most = 40_000;
    const writer = writerIn(folder, { mostBytes: () => most });
    const noise = (from: number) =>
      Array.from({ length: 24 }, (_, row) =>
        Math.sin(from * 24 + row)
          .toString(36)
          .repeat(3),
      );
    for (let frame = 0; frame < 400; frame++) writer.show(pictureWith(...noise(frame)));
    await writer.close();
    const bytes = recordingBytes(folder) ?? 0;
    assert.ok(bytes > most / 8 && bytes <= most, `${bytes}`);
    const numbers = pieceFiles(folder).map(({ number }) => number);
    assert.ok((numbers[0] ?? 0) > 1);
    assert.deepEqual(await lastLines(folder), noise(399));
  });
});

describe('a recording whose writer was killed', () => {
  it('goes on in a new piece; the torn line is left out, and what was open is compressed', async () => {
    const folder = newFolder();
    const killed = writerIn(folder);
    killed.show(pictureWith('before the kill'));
    appendFileSync(join(folder, '0001.ndjson'), '[120,[[0,"torn');
    assert.deepEqual(await lastLines(folder), ['before the kill']);
    const next = writerIn(folder);
    next.show(pictureWith('after the kill'));
    await next.close();
    assert.deepEqual(readdirSync(folder).sort(), ['0001.ndjson.gz', '0002.ndjson.gz']);
    assert.deepEqual((await shownIn(folder)).map(linesOf), [['before the kill'], ['after the kill']]);
  });

  it('has each piece once, wherever in the compressing it was killed', async () => {
    const folder = newFolder();
    const first = writerIn(folder);
    first.show(pictureWith('first'));
    // Killed after the compressed piece was complete, and while it wrote another one.
    const plain = join(folder, '0001.ndjson');
    copyFileSync(plain, join(ground, 'kept'));
    await first.close();
    copyFileSync(join(ground, 'kept'), plain);
    writeFileSync(join(folder, '0002.ndjson.gz.tmp'), gzipSync('half of it').subarray(0, 12));
    assert.deepEqual((await shownIn(folder)).map(linesOf), [['first']]);
    const next = writerIn(folder);
    next.show(pictureWith('second'));
    await next.close();
    assert.deepEqual(readdirSync(folder).sort(), ['0001.ndjson.gz', '0002.ndjson.gz']);
    assert.deepEqual((await shownIn(folder)).map(linesOf), [['first'], ['second']]);
  });

  it('takes nothing more from a process that may not write any more', async () => {
    const folder = newFolder();
    let isOlderFenced = false;
    const older = writerIn(folder, { mayWrite: () => !isOlderFenced });
    older.show(pictureWith('the older watcher'));
    isOlderFenced = true;
    const newer = writerIn(folder);
    newer.show(pictureWith('the newer watcher'));
    assert.equal(older.show(pictureWith('too late')), 0);
    await older.close();
    newer.show(pictureWith('the newer watcher goes on'));
    await newer.close();
    assert.deepEqual((await shownIn(folder)).map(linesOf), [
      ['the older watcher'],
      ['the newer watcher'],
      ['the newer watcher goes on'],
    ]);
  });
});

describe('a recording that cannot be written', () => {
  it('leaves the last of the disk to others, and goes on once there is space', async () => {
    const folder = newFolder();
    const faults: unknown[] = [];
    let free = 1e9;
    let now = 0;
    const writer = writerIn(folder, {
      now: () => now,
      freeBytes: () => free,
      onFault: (error) => faults.push(error),
    });
    writer.show(pictureWith('a'));
    free = 1e6;
    now += 10_000;
    assert.equal(writer.show(pictureWith('b')), 0);
    assert.equal((faults[0] as { code?: string }).code, 'STORAGE_FULL');
    free = 1e9;
    now += 10_000;
    assert.ok(writer.show(pictureWith('c')) > 0);
    assert.deepEqual([faults.length, faults[1]], [2, null]);
    await writer.close();
    assert.deepEqual((await shownIn(folder)).map(linesOf), [['a'], ['c']]);
  });

  it('reports it once, does not make the folder of the worker again, and goes on where that is back', async () => {
    const worker = newFolder();
    const folder = join(worker, 'recording');
    const faults: unknown[] = [];
    const writer = writerIn(folder, { onFault: (error) => faults.push(error) });
    assert.equal(writer.show(pictureWith('a')), 0);
    assert.equal(writer.show(pictureWith('b')), 0);
    assert.equal(faults.length, 1);
    assert.deepEqual(readdirSync(ground).includes(`${count}`), false);
    mkdirSync(worker);
    assert.ok(writer.show(pictureWith('c')) > 0);
    assert.deepEqual([faults.length, faults.at(-1)], [2, null]);
    await writer.close();
    assert.deepEqual((await shownIn(folder)).map(linesOf), [['c']]);
  });
});
