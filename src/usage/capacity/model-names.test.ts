import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aWindow } from '../../../fixtures/usage/samples.ts';
import { isModel, limitsModel } from './model-names.ts';

describe('the model of a limit', () => {
  it('is the requested one, by its alias, its full name or that of a gateway', () => {
    for (const [limited, requested] of [
      ['Fable', 'fable'],
      ['Fable', 'claude-fable-5'],
      ['Opus', 'opus[1m]'],
      ['Claude Opus 4.6', 'opus'],
      ['Claude Opus 4.6', 'us.anthropic.claude-opus-4-6-v1:0'],
      ['Sonnet', 'anthropic/claude-sonnet-4-6'],
      ['GPT-5.3-Codex-Spark', 'gpt-5.3-codex-spark'],
      ['GPT-5.3-Codex-Spark', 'spark'],
      ['GPT-5.3-Codex-Spark', 'codex-spark'],
      ['Claude Opus 4.6', 'opus-4.6'],
      ['Claude Opus 4.6', 'claude-opus'],
    ] as const)
      assert.equal(isModel(limited, requested), true, `${limited} is ${requested}`);
  });

  it('is no other model of its family', () => {
    for (const [limited, requested] of [
      ['Fable', 'sonnet'],
      ['GPT-5.3-Codex-Spark', 'gpt-5.3-codex'],
      ['Claude Opus 4.6', 'claude-opus-4-1'],
      ['Claude Opus 4.6', 'claude'],
      ['Claude Opus 4.6', 'claude-opus-4'],
      ['Opus', 'opusplan'],
      ['Code review', 'gpt-6.1-sol'],
      ['', 'sonnet'],
      ['Fable', ''],
    ] as const)
      assert.equal(isModel(limited, requested), false, `${limited} is not ${requested}`);
  });

  it('is the one that the provider lists, or else the name of the limit', () => {
    const spark = { ...aWindow('5h', 100, null, 'Spark'), models: ['gpt-5.3-codex-spark'] };
    assert.equal(limitsModel(spark, 'gpt-5.3-codex-spark'), true);
    assert.equal(limitsModel(spark, 'gpt-5.3-codex'), false);
    assert.equal(limitsModel(aWindow('weekly', 100, null), 'fable'), false);
    assert.equal(limitsModel({ ...aWindow('monthly', 100, null, 'chat'), binds_plan: true }, 'chat'), false);
  });
});
