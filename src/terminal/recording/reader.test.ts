import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { scratchFolder } from '../../lib/testing/scratch.ts';
import { pieceIn } from './lines.ts';
import { lastPicture, readRecording, recordingPieces, recordingText } from './reader.ts';
import { linesOf, pictureWith, shownBy, writerIn } from './testing/recorded.ts';

const ground = scratchFolder();
let count = 0;
function folderWith(files: Record<string, string | Buffer> = {}): string {
  const folder = join(ground, `${++count}`);
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

const head = JSON.stringify({
  version: 1,
  session_id: 'ap_a',
  run: 1,
  cols: 10,
  rows: 2,
  started_at: '2026-11-30T08:00:00Z',
});
const lines = (...each: unknown[]) =>
  each.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');

describe('the reader of a recording', () => {
  it('finds none where there is none', async () => {
    const folder = join(ground, 'none');
    assert.deepEqual(await readRecording(folder), []);
    assert.deepEqual([await recordingText(folder), await lastPicture(folder)], [null, null]);
  });

  it('says how many pieces are missing in its middle or damaged', async () => {
    const whole = lines(head, [0, [[0, 'a']]]);
    const lostIn = async (files: Record<string, string | Buffer>) => {
      const folder = folderWith(files);
      const lost: number[] = [];
      await recordingText(folder, undefined, (pieces) => lost.push(pieces));
      for await (const _ of recordingPieces(folder, (pieces) => lost.push(pieces)));
      assert.equal(lost[0], lost[1]);
      return lost[0] ?? 0;
    };
    assert.equal(await lostIn({}), 0);
    // The oldest were removed, and the newest has just begun.
    assert.equal(await lostIn({ '0003.ndjson.gz': gzipSync(whole), '0004.ndjson': '' }), 0);
    assert.equal(await lostIn({ '0001.ndjson': whole, '0004.ndjson': whole }), 2);
    const later = head.replace('"version":1', '"version":2');
    assert.equal(await lostIn({ '0001.ndjson.gz': gzipSync(whole).subarray(0, -9) }), 1);
    assert.equal(
      await lostIn({ '0001.ndjson.gz': 'garbage', '0002.ndjson': lines(later), '0003.ndjson': whole }),
      2,
    );
  });

  it('reads a compressed piece up to where it was cut', async () => {
    const frames = Array.from({ length: 3000 }, (_, at) => [at, [[0, String(at * 7919)]]]);
    const packed = gzipSync(lines(head, ...frames));
    const folder = folderWith({ '0001.ndjson.gz': packed.subarray(0, packed.length / 2) });
    const [piece] = await readRecording(folder);
    assert.ok(piece && piece.frames.length > 500 && piece.frames.length < 3000);
    assert.deepEqual(piece.frames[499], frames[499]);
  });

  it('leaves out what cannot be a frame, a row or a run, and every escape sequence', () => {
    const piece = pieceIn(
      lines(
        head,
        'garbage',
        [-1, []],
        ['soon', []],
        [
          0,
          [
            [0, 'a\u001b[2J\u0007', [[0, 3, 1, 'red', '#ff0000'], [5, 2, 0, null, null], 'x']],
            [9, 'beyond'],
            [1],
          ],
        ],
        [5, 'no rows'],
        [7, [[1, 'b']], [40, 1]],
        [3, [], [1, 99]],
        [9, [], null],
      ),
    );
    assert.deepEqual(piece?.frames, [
      [0, [[0, 'a [2J ', [[0, 3, 1, null, '#ff0000']]]]],
      [7, [[1, 'b']]],
      [7, [], [1, 10]],
      [9, [], null],
    ]);
  });

  it('leaves out a piece without a head, of a later format, of an absurd size, or damaged, and reads the others', async () => {
    const packed = gzipSync(lines(head, [0, [[0, 'whole']]]));
    const folder = folderWith({
      '0001.ndjson': lines([0, [[0, 'no head']]]),
      '0002.ndjson': lines({ ...JSON.parse(head), version: 2 }, [0, []]),
      '0003.ndjson': lines({ ...JSON.parse(head), cols: 1e9 }, [0, []]),
      '0004.ndjson.gz': packed.subarray(0, 12),
      '0005.ndjson.gz': 'no archive',
      '0006.ndjson.gz': packed,
      '0007.ndjson': '',
      'notes.txt': 'not of it',
    });
    mkdirSync(join(folder, '0008.ndjson'));
    assert.deepEqual((await readRecording(folder)).flatMap(shownBy).map(linesOf), [['whole']]);
    assert.deepEqual(linesOf(await lastPicture(folder)), ['whole']);
  });

  it('does not unpack a piece that would fill the memory', async () => {
    const bomb = gzipSync(Buffer.concat([Buffer.from(`${head}\n`), Buffer.alloc(80 << 20, ' ')]));
    assert.deepEqual(await readRecording(folderWith({ '0001.ndjson.gz': bomb })), []);
  });

  it('never throws, whatever the bytes are', async () => {
    const folder = folderWith();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.jsonValue(), async (bytes, value) => {
        writeFileSync(join(folder, '0001.ndjson'), Buffer.concat([Buffer.from(`${head}\n`), bytes]));
        writeFileSync(join(folder, '0002.ndjson'), lines(head, value, [0, value], [0, [value], value]));
        writeFileSync(join(folder, '0003.ndjson.gz'), bytes);
        for (const piece of await readRecording(folder)) shownBy(piece);
      }),
      { numRuns: 100 },
    );
  });

  it('gives all of it as one text that reads as the same, without the oldest pieces where that is too long', async () => {
    const folder = folderWith();
    for (const word of ['first', 'second']) {
      const writer = writerIn(folder);
      writer.show(pictureWith(word));
      await writer.close();
    }
    const whole = (await recordingText(folder)) ?? '';
    assert.deepEqual(
      whole.split('\n').map((line) => line.slice(0, 5)),
      ['{"ver', '[0,[[', '{"ver', '[0,[[', ''],
    );
    const shorter = (await recordingText(folder, whole.length - 1)) ?? '';
    assert.ok(!shorter.includes('first') && shorter.includes('second'));
    assert.ok((await recordingText(folder, 1))?.includes('second'), 'never nothing');
  });
});
