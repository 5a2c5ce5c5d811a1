// Texts and words that a worker must not be given are refused by name, before anything is recorded or created.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { TEXT_LIMIT } from '../workers/core/words/given-text.ts';
import { Home } from '../workers/testing/home.ts';

const home = new Home();
const spawn = ['spawn', '--provider', 'fake-question'];

describe('a text for a worker', () => {
  const large = `${'x y z\n'.repeat(TEXT_LIMIT / 6)}and more`;

  it('is refused from a file and from standard input if it is too large', async () => {
    const file = join(home.ground, 'task.txt');
    writeFileSync(file, large);
    assert.equal(await home.refused([...spawn, '--task-file', file]), 'TEXT_TOO_LARGE');
    assert.equal(await home.refused([...spawn, '--task-stdin'], { input: large }), 'TEXT_TOO_LARGE');
  });

  it('is refused if it is not UTF-8', async () => {
    const input = Buffer.from([0x66, 0xff, 0xfe]);
    assert.equal(await home.refused([...spawn, '--task-stdin'], { input }), 'INVALID_REQUEST');
  });
});

describe('a word for the command of an agent', () => {
  const bad = fc.oneof(
    fc.string({ unit: 'grapheme-ascii', maxLength: 12 }).map((word) => `-${word}`),
    fc.constantFrom('a\nb', 'a\tb', 'a\u001b[31m', ' ', 'x'.repeat(300)),
  );
  const option = fc.constantFrom('--model', '--reasoning-effort', '--service-tier');

  it('is refused if it would be an option, or is no word', async () => {
    await fc.assert(
      fc.asyncProperty(option, bad, async (name, word) => {
        const words = [...spawn, '--task', 'Look for the parser', `${name}=${word}`];
        assert.equal(await home.refused(words), 'INVALID_REQUEST');
      }),
      { numRuns: 15 },
    );
    const { sessions } = await home.json(['sessions', '--all']);
    assert.deepEqual(sessions, [], 'a refused worker was recorded');
  });
});
