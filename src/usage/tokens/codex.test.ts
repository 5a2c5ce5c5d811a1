import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { codex, count, meta, turn, user } from './testing/logs.ts';

describe("Codex' tokens", () => {
  it('are the last count of each answer, repeated or not', async () => {
    const { write, report } = user();
    write(codex('a'), [meta('a'), turn, count(1000, 1000), count(1000, 1000), count(3000, 2000)]);
    const { rows } = await report();
    assert.deepEqual(
      rows.map(({ group, answers, input, output }) => [group, answers, input, output]),
      [['gpt-5.5', 2, 3000, 300]],
    );
  });

  it('keep the model of the session where a turn does not name one', async () => {
    const { write, report } = user();
    const unnamed = { ...turn, payload: { cwd: '/r' } };
    const settings = { collaboration_mode: { settings: { model: 'gpt-5.3-codex' } } };
    const head = meta('b');
    write(codex('a'), [meta('a'), turn, unnamed, count(1000, 1000)]);
    write(codex('b'), [{ ...head, payload: { ...head.payload, model: 'gpt-5.5' } }, unnamed, count(10, 10)]);
    write(codex('c'), [meta('c'), { ...turn, payload: settings }, count(20, 20)]);
    const { rows } = await report();
    assert.deepEqual(
      rows.map(({ group, input }) => [group, input]),
      [
        ['gpt-5.5', 1010],
        ['gpt-5.3-codex', 20],
      ],
    );
  });

  it('are not counted again in a session that was forked from another', async () => {
    const { write, report } = user();
    write(codex('a'), [meta('a'), turn, count(1000, 1000), count(3000, 2000)]);
    const later = '2026-03-04T12:00:00.000Z';
    const copied = [turn, count(1000, 1000, later), count(3000, 2000, later)];
    write(codex('b'), [meta('b', 'a'), ...copied, count(3500, 500, later)]);
    write(codex('c'), [meta('c'), meta('a'), ...copied, count(3700, 700, later)]);
    const { rows } = await report('session');
    assert.deepEqual(rows.map(({ group, input }) => [group, input]).sort(), [
      ['a', 3000],
      ['b', 500],
      ['c', 700],
    ]);
  });

  it('are not counted again in a sub agent, which names its parent where it says how it was spawned', async () => {
    const { write, report } = user();
    write(codex('a'), [meta('a'), turn, count(1000, 1000), count(3300, 2300)]);
    const spawned = meta('b');
    const source = { subagent: { thread_spawn: { parent_thread_id: 'a', depth: 1 } } };
    const head = { ...spawned, payload: { ...spawned.payload, source } };
    write(codex('b'), [head, turn, count(1000, 1000), count(3300, 2300), count(3700, 400)]);
    assert.equal((await report()).totals.input, 3700);
  });

  it('are not counted again in a fork of a fork that names its own parent only, whichever is read first', async () => {
    const at = (minute: number) => `2026-03-04T${10 + minute}:00:00.000Z`;
    const head = (id: string, begun: string, parent?: string) => ({ ...meta(id, parent), timestamp: begun });
    const logs = {
      a: [meta('a'), turn, count(1000, 1000)],
      b: [head('b', at(1), 'a'), count(1000, 1000, at(1)), count(1500, 500, at(2))],
      c: [head('c', at(3), 'b'), count(1000, 1000, at(3)), count(1500, 500, at(3)), count(1570, 70, at(4))],
    };
    for (const order of ['abc', 'cba', 'bca', 'acb']) {
      const { write, report } = user();
      for (const name of order) {
        write(codex(name), logs[name as keyof typeof logs]);
        await report();
      }
      const { rows, totals } = await report('session');
      assert.deepEqual(
        [totals.answers, ...rows.map(({ group, input }) => `${group} ${input}`).sort()],
        [3, 'a 1000', 'b 500', 'c 70'],
        order,
      );
    }
  });

  it('are all counted in a fork that only names its parent, even if totals happen to be equal', async () => {
    const { write, report } = user();
    write(codex('a'), [meta('a'), turn, count(1000, 1000), count(3000, 2000)]);
    const fork = meta('b', 'a');
    const history_base = { thread_id: 'a', end_ordinal_exclusive: 9 };
    write(codex('b'), [{ ...fork, payload: { ...fork.payload, history_base } }, turn, count(3000, 2000)]);
    assert.equal((await report()).totals.input, 5000);
  });

  it('are read from the folder in the home if CODEX_HOME is set to nothing', async () => {
    for (const CODEX_HOME of ['', ' ']) {
      const { write, report } = user({ CODEX_HOME });
      write(codex('a'), [meta('a'), turn, count(1000, 1000)]);
      assert.equal((await report()).totals.input, 1000);
    }
  });

  it('are those of a compaction too, which only a record tells', async () => {
    const { write, report } = user();
    const record = (response_id: string, input_tokens: number) => ({
      timestamp: '2026-03-04T10:00:05.000Z',
      type: 'token_usage_record',
      payload: {
        response_id,
        usage: {
          input_tokens,
          cached_input_tokens: input_tokens / 2,
          output_tokens: input_tokens / 10,
        },
      },
    });
    const log = [record('r1', 1000), count(1000, 1000), record('r2', 90_000)];
    write(codex('a'), [meta('a'), turn, ...log]);
    assert.equal((await report()).totals.input, 91_000);
    // The first count after a compaction estimates what is left of the context, and is no answer.
    write(codex('a'), [count(1000, 0), record('r3', 500), count(1500, 500)]);
    const { totals } = await report();
    assert.deepEqual([totals.answers, totals.input], [3, 91_500]);
  });

  it('are read from compressed logs, and stay the same when Codex compresses one', async () => {
    const { ground, write, report } = user();
    const file = write(codex('a'), [meta('a'), turn, count(1000, 1000)]);
    assert.equal((await report()).totals.input, 1000);
    write(codex('a'), [count(3000, 2000)]);
    writeFileSync(`${file}.zst`, frameOf(readFileSync(file)));
    rmSync(file);
    assert.deepEqual([(await report()).totals.input, (await report()).unreadable], [3000, []]);
    const damaged = join(ground, `${codex('b')}.zst`);
    writeFileSync(damaged, frameOf(Buffer.from('cut off')).subarray(0, 12));
    const { totals, unreadable } = await report();
    assert.deepEqual([totals.input, unreadable.map(({ path }) => path)], [3000, [damaged]]);
  });
});

/** A zstd frame with the content as it is, in one block (RFC 8878). */
function frameOf(content: Buffer): Buffer {
  const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32LE(content.length, 5);
  head.writeUIntLE(content.length * 8 + 1, 9, 3);
  return Buffer.concat([head, content]);
}
