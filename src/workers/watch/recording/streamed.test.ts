import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { scratchFolder } from '../../../lib/testing/scratch.ts';
import { pieceFiles } from '../../../terminal/recording/pieces.ts';
import { writerIn } from '../../../terminal/recording/testing/recorded.ts';
import { Emulator, IGNORING } from '../../../terminal/screen/emulator.ts';
import { TOKEN_FORMATS } from '../../../workspace/redaction/detectors/formats/all.ts';
import { formatOf } from '../../../workspace/redaction/detectors/formats/format.ts';
import { contextKinds, formatKinds, type Kind } from '../../../workspace/redaction/testing/kinds.ts';
import { RedactedPictures } from '../../sight/redacted-picture.ts';

const KEYWORDS = TOKEN_FORMATS.flatMap((row) => formatOf(row).keywords);
/** The beginning of a token whose keyword is in its middle begins as any word does. */
const MOST_SHOWN = 11;

/** Text in a terminal, in pieces of this many characters, each in a colour of its own, each recorded. */
async function recordedBytes(
  folder: string,
  text: string,
  { size, coloured }: { size: number; coloured: boolean },
) {
  const emulator = new Emulator({ cols: 60, rows: 12 }, IGNORING);
  const pictures = new RedactedPictures();
  const writer = writerIn(folder);
  const lines = text.replaceAll('\n', '\r\n');
  for (let at = 0; at < lines.length; at += size) {
    const colour = coloured ? `\u001b[3${(at / size) % 8}m` : '';
    await emulator.write(Buffer.from(colour + lines.slice(at, at + size)));
    writer.show(pictures.of(emulator.screen(), { head: emulator.headOfFirstLine }));
  }
  emulator.dispose();
  const bytes = pieceFiles(folder).map(({ path }) => readFileSync(path, 'utf8'));
  await writer.close();
  return bytes.join('');
}

function leakIn(bytes: string, { secrets }: Kind): string | null {
  for (const secret of secrets) {
    for (let at = 0; at + MOST_SHOWN < secret.length; at++) {
      const part = secret.slice(at, at + MOST_SHOWN + 1);
      const isKeyword = KEYWORDS.some((keyword) => keyword.includes(part));
      if (!isKeyword && bytes.includes(JSON.stringify(part).slice(1, -1))) return part;
    }
  }
  return null;
}

describe('a secret that a program prints letter by letter', () => {
  const ground = scratchFolder();
  let count = 0;

  it('is in no byte of the recording, of any kind, wrapped and with colours in its middle', async () => {
    const kinds = fc
      .constantFrom(...formatKinds, ...contextKinds)
      .chain(([name, kind]) => kind.map((each) => ({ name, kind: each })));
    const printing = fc.record({ size: fc.integer({ min: 1, max: 9 }), coloured: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(
        kinds,
        printing,
        fc.integer({ min: 0, max: 70 }),
        async ({ name, kind }, how, indent) => {
          const folder = join(ground, `${++count}`);
          mkdirSync(folder);
          const bytes = await recordedBytes(folder, `${'.'.repeat(indent)} ${kind.text}\n$ `, how);
          assert.equal(leakIn(bytes, kind), null, `${name}: ${bytes.slice(-2000)} of ${kind.text}`);
        },
      ),
      { numRuns: 120, seed: 15 },
    );
  });
});
