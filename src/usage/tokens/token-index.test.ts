import assert from 'node:assert/strict';
import { rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { CLAUDE, claudeAnswer, codex, count, meta, turn, user } from './testing/logs.ts';

describe('the index', () => {
  it('continues where it stopped, and waits for the end of a line', async () => {
    const { write, report } = user();
    const half = JSON.stringify(claudeAnswer('m2', 2));
    write(CLAUDE, [claudeAnswer('m1', 1)], half.slice(0, 50));
    assert.equal((await report()).totals.answers, 1);
    write(CLAUDE, [], `${half.slice(50)}\n`);
    assert.equal((await report()).totals.answers, 2);
    write(codex('a'), [meta('a'), turn]);
    await report();
    write(codex('a'), [count(10, 10)]);
    assert.ok((await report()).rows.some(({ group }) => group === 'gpt-5.5'));
  });

  it('does not read an unchanged file again, and reads another file of the same name', async () => {
    const { write, report } = user();
    const file = write(CLAUDE, [claudeAnswer('m1', 1)]);
    const noon = new Date('2026-03-04T12:00:00.000Z');
    utimesSync(file, noon, noon);
    await report();
    writeFileSync(file, 'x'.repeat(statSync(file).size));
    utimesSync(file, noon, noon);
    assert.equal((await report()).totals.answers, 1);
    rmSync(file);
    write(CLAUDE, [claudeAnswer('m7', 7)]);
    assert.equal((await report()).totals.output, 8);
  });

  it('keeps what an agent has thrown away in a log that it wrote again, also for the copies in other logs', async () => {
    const { ground, write, report } = user();
    const all = [1, 2, 3, 4, 5].map((n) => claudeAnswer(`m${n}`, n));
    const file = write(CLAUDE, [...all, claudeAnswer(null, 100)]);
    write('.claude/projects/-home-dev-shop/resumed.jsonl', [...all, claudeAnswer('m6', 6)]);
    assert.equal((await report()).totals.output, 121);
    writeFileSync(file, `${JSON.stringify(claudeAnswer('m1', 1))}\n`);
    assert.deepEqual([(await report()).totals.answers, (await report()).totals.output], [7, 121]);
    rmSync(join(ground, '.claude'), { recursive: true });
    assert.equal((await report()).totals.answers, 7);
  });

  it('keeps what an agent has deleted since', async () => {
    const { write, report } = user();
    rmSync(write(CLAUDE, [claudeAnswer('m1', 1)]));
    const { write: writeOther, report: reportOther, ground } = user();
    const file = writeOther(CLAUDE, [claudeAnswer('m1', 1)]);
    await reportOther();
    rmSync(file);
    assert.equal((await reportOther()).totals.answers, 1);
    assert.equal((await report()).totals.answers, 0);
    assert.equal(statSync(join(ground, 'home', 'run', 'tokens.sqlite')).mode & 0o777, 0o600);
  });

  it('is made again if its file was cut off', async () => {
    const { ground, write, report } = user();
    write(
      CLAUDE,
      Array.from({ length: 300 }, (_, n) => claudeAnswer(`m${n}`, 1)),
    );
    await report();
    const file = join(ground, 'home/run/tokens.sqlite');
    truncateSync(file, statSync(file).size / 2);
    write(CLAUDE, [claudeAnswer('next', 1)]);
    assert.equal((await report()).totals.answers, 301);
  });

  it('tolerates any content of a log', async () => {
    const { write, report } = user();
    const junk = '{"usage": broken\n[1,"usage"]\n"usage"\n\n{"message":{"usage":"x"}}\n';
    write(CLAUDE, [claudeAnswer('m1', 1)], junk);
    write(CLAUDE, [claudeAnswer('m2', 1, { timestamp: 7 }), claudeAnswer('m3', -1)]);
    assert.equal((await report()).totals.answers, 2);
  });
});
