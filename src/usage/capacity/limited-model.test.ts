import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { limitedModel } from './limited-model.ts';

const KNOWN = ['claude-opus-4-6', 'gpt-5.3-codex-spark', 'sonnet'];

const CODEX = ['gpt-5.3-codex'];

describe('the model that the words of a limit name', () => {
  it('is the one beside the limit, in the words of the screen', () => {
    for (const [text, model] of [
      ["You've hit your Fable limit · resets Dec 3, 9pm (UTC)", 'Fable'],
      ["⎿  You've hit your Opus weekly limit · resets 9pm", 'Opus'],
      ['Opus limit reached · resets 9pm', 'Opus'],
      ["You've used 90% of your opus weekly limit", 'opus'],
      [
        "■ You've hit your usage limit for GPT-5.3-Codex-Spark. Switch to another model now",
        'GPT-5.3-Codex-Spark',
      ],
      ["You've reached your Sonnet 4.6 limit", 'Sonnet 4.6'],
      ['Weekly limit reached for Opus', 'Opus'],
      ["You've hit your limit on Fable · resets 9pm", 'Fable'],
      ["You've hit the Fable limit", 'Fable'],
      ["You're out of Fable usage · resets 9pm", 'Fable'],
      ['Approaching Fable usage limit', 'Fable'],
    ] as const)
      assert.equal(limitedModel(text, null, KNOWN), model, text);
  });

  it('is the model of the worker where they say no more than that', () => {
    assert.equal(limitedModel("You've reached your weekly limit for this model.", 'gpt-5.4', []), 'gpt-5.4');
    assert.equal(limitedModel("You've hit your gpt-5.4 limit", 'gpt-5.4', []), 'gpt-5.4');
  });

  it('is not a listed one whose name is only the beginning of it', () =>
    assert.equal(
      limitedModel("You've hit your usage limit for GPT-5.3-Codex-Spark.", null, CODEX),
      'GPT-5.3-Codex-Spark',
    ));

  it('has no words of the screen beside it', () => {
    for (const [text, model] of [
      ["You've hit your Sonnet Delete Everything limit", 'sonnet'],
      ["You've hit your Delete Every File limit", null],
      [`You've hit your ${'Long'.repeat(9)} limit`, null],
    ] as const)
      assert.equal(limitedModel(text, null, KNOWN), model, text);
  });

  it('is none where they are about the plan', () => {
    for (const text of [
      "You've hit your limit · resets 4:40pm (Asia/Tokyo)",
      "You've hit your 5-hour limit · resets 3pm. /upgrade to keep using Claude Code",
      "You've hit your weekly limit. Try Sonnet",
      'Claude usage limit reached. Your limit will reset at 3pm',
      "You've reached your Max plan limit",
      "You've hit your org's monthly usage limit",
      "■ You've hit your usage limit for the week. Try again at 11:45 PM",
      'You’ve hit your usage limit. Upgrade to Pro',
      'Weekly limit: 12% left',
      'Weekly limit reached on Nov 30',
      "You've hit the weekly limit for your plan",
      'Approaching usage limit · resets 9pm',
      "You're out of extra usage · resets 9pm",
      'You have exceeded your premium request allowance',
      '',
    ])
      assert.equal(limitedModel(text, 'fable', KNOWN), null, text);
  });
});
