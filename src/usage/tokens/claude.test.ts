import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
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
