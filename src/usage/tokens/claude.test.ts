import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ALL_OF_IT, readTokens } from './logs.ts';
import { CLAUDE, claudeAnswer, user } from './testing/logs.ts';

describe("Claude's tokens", () => {
  it('are counted once per answer, however often it was written', async () => {
    const { write, report } = user();
    write(CLAUDE, [{ type: 'user' }, claudeAnswer('m1', 10), claudeAnswer('m1', 40), claudeAnswer('m2', 5)]);
    write('.claude/projects/-home-dev-shop/resumed.jsonl', [
      claudeAnswer('m1', 40),
      claudeAnswer('m3', 1, { isSidechain: true }),
    ]);
    write('.claude/projects/-home-dev-shop/helper.jsonl', [claudeAnswer('m2', 500, { isSidechain: true })]);
    const { totals } = await report();
    assert.deepEqual([totals.answers, totals.output, totals.cache_read], [3, 46, 15_000]);
    assert.equal(totals.input, 3 * 6100);
  });

  it('include what was written to a cache if only the parts of it are reported', async () => {
    const { write, report } = user();
    const parts = { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 300 };
    const said = (usage: object) => ({ ...claudeAnswer('m', 1).message, usage });
    write(CLAUDE, [
      claudeAnswer('m1', 1, { message: said({ input_tokens: 1, cache_creation: parts }) }),
      claudeAnswer('m1', 1, {
        requestId: 'r2',
        timestamp: '2026-03-04T11:00:00.000Z',
        message: said({ cache_creation_input_tokens: 7000, cache_creation: parts }),
      }),
    ]);
    const { totals } = await report();
    assert.deepEqual([totals.input, totals.cache_write], [7321, 7320]);
    assert.equal(totals.unpriced_answers, 0);
  });

  it('are those of each folder that is named, also of one with a comma in its name', async () => {
    const { ground, write } = user();
    for (const name of ['a', 'b', 'c,d'])
      write(`${name}/projects/p/s.jsonl`, [claudeAnswer(`of ${name}`, 1)]);
    const answers = async (...names: string[]) => {
      const paths = names.map((name) => `${ground}/${name}`);
      const { place } = user({ HOME: ground, CLAUDE_CONFIG_DIR: paths.join(', ') });
      return readTokens(place, ALL_OF_IT, {}, ({ index }) =>
        index.connection.prepare('SELECT key FROM uses').all(),
      ).then(({ length }) => length);
    };
    assert.deepEqual([await answers('a', 'b'), await answers('c,d')], [2, 1]);
  });

  it('are all counted without an id, but not those that no model produced', async () => {
    const { write, report } = user();
    const synthetic = {
      ...claudeAnswer('x', 1),
      message: { ...claudeAnswer('x', 1).message, model: '<synthetic>' },
    };
    write(CLAUDE, [claudeAnswer(null, 1), claudeAnswer(null, 1), synthetic]);
    assert.equal((await report()).totals.answers, 2);
  });

  it('are also those of the models that were asked within an answer, beside its own', async () => {
    const { write, report } = user();
    const answer = claudeAnswer('m1', 100);
    const iterations = [
      { type: 'message', input_tokens: 100, output_tokens: 50 },
      { type: 'advisor_message', model: 'claude-opus-4-7', input_tokens: 90_000, output_tokens: 5000 },
      { type: 'compaction', input_tokens: 20_000, output_tokens: 300 },
      { type: 'message', input_tokens: 0, output_tokens: 50 },
    ];
    const usage = { ...answer.message.usage, iterations };
    const line = { ...answer, message: { ...answer.message, usage } };
    write(CLAUDE, [line, line]);
    write('.claude/projects/-home-dev-shop/resumed.jsonl', [line]);
    const { rows } = await report();
    assert.deepEqual(rows.map(({ group, input, output }) => [group, input, output]).sort(), [
      ['claude-opus-4-7', 90_000, 5000],
      ['claude-sonnet-4-6', 26_100, 400],
    ]);
  });

  it('include the sub agents that only the log of their parent reports', async () => {
    const { write, report } = user();
    const { message, requestId } = claudeAnswer('m9', 30);
    const timestamp = '2026-03-04T10:00:00.000Z';
    const data = { type: 'agent_progress', agentId: 'a1', message: { message, requestId, timestamp } };
    write(CLAUDE, [claudeAnswer('m1', 10, { requestId: 'r1' }), { type: 'progress', sessionId: 's', data }]);
    assert.deepEqual([(await report()).totals.answers, (await report()).totals.output], [2, 40]);
    const own = claudeAnswer('m9', 30, { isSidechain: true, agentId: 'a1' });
    write('.claude/projects/-home-dev-shop/s/subagents/agent-a1.jsonl', [own]);
    assert.equal((await report()).totals.answers, 2);
  });

  it('of an id that the maker of the model gave are one answer, whatever else the lines say', async () => {
    const { write, report } = user();
    const id = 'msg_01XFDUDYJgAACzvnptvVoYEL';
    const later = { timestamp: '2026-03-05T10:00:00.000Z', requestId: 'other', sessionId: 'resumed' };
    write(CLAUDE, [claudeAnswer(id, 1), claudeAnswer(id, 40), claudeAnswer(id, 40, later)]);
    const { totals } = await report('day');
    assert.deepEqual([totals.answers, totals.output], [1, 40]);
  });
});
