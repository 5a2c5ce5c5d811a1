import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readTranscript, tailLines } from './transcript.ts';

function withFile(content: string, test: (path: string) => void) {
  const folder = mkdtempSync(join(tmpdir(), 'ap-transcript-'));
  try {
    writeFileSync(join(folder, 'transcript.log'), content);
    test(join(folder, 'transcript.log'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('reading a transcript in pieces', () => {
  it('returns the whole text, whatever the size of the pieces', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 9 }), (content, limit) =>
        withFile(content, (path) => {
          let text = '';
          for (let offset = 0, more = true; more; ) {
            const slice = readTranscript(path, { offset, limit });
            text += slice.text;
            offset = slice.next_offset;
            more = slice.has_more;
          }
          assert.equal(text, content);
        }),
      ),
    ));

  it('treats a missing file as empty', () => {
    assert.deepEqual(readTranscript('/nowhere/at/all'), {
      text: '',
      offset: 0,
      next_offset: 0,
      has_more: false,
      size_bytes: 0,
    });
    assert.deepEqual(tailLines('/nowhere/at/all', 3), []);
  });
});

describe('the last lines', () => {
  it('are those of the whole text', () => {
    const lines = Array.from({ length: 20_000 }, (_, line) => `line ${line} é`);
    withFile(`${lines.join('\n')}\n`, (path) => {
      assert.deepEqual(tailLines(path, 0), []);
      assert.deepEqual(tailLines(path, 3), lines.slice(-3));
      assert.deepEqual(tailLines(path, 15_000), lines.slice(-15_000));
      assert.deepEqual(tailLines(path, 50_000), lines);
    });
  });
});
