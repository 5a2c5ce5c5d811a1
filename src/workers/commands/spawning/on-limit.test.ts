import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultConfig } from '../../../config/file/defaults.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { onLimitOf } from './on-limit.ts';

const config = defaultConfig();
config.providers['claude-code'].accounts = [{ name: 'work', folder: null, env: {} }];
config.providers.opencode.on_limit = 'wait';

const read = (onLimit: string | null, waitAtMost: string | null = null, provider = 'codex') =>
  onLimitOf(config, provider, { onLimit, waitAtMost });
const fallbacks = (words: string) =>
  read(words)?.fallbacks.map(({ provider_id, model, account }) => [provider_id, model, account]);
const DAY = 86_400;

describe('--on-limit', () => {
  it('stops where nothing is said, or waits', () => {
    assert.equal(read(null), undefined);
    assert.equal(read('stop'), undefined);
    assert.deepEqual(read('wait'), { action: 'wait', fallbacks: [], wait_at_most_seconds: DAY });
    assert.equal(read('wait', '90m')?.wait_at_most_seconds, 5400);
  });

  it('is what config.yaml says of the provider where the caller says nothing', () => {
    assert.equal(read(null, null, 'opencode')?.action, 'wait');
    assert.equal(read('stop', null, 'opencode'), undefined);
  });

  it('names providers in the order of the caller, with model and account', () => {
    assert.deepEqual(fallbacks('claude@work,copilot'), [
      ['claude-code', null, 'work'],
      ['copilot-cli', null, null],
    ]);
    assert.deepEqual(fallbacks('opencode:anthropic/claude-sonnet-5'), [
      ['opencode', 'anthropic/claude-sonnet-5', null],
    ]);
    assert.deepEqual(fallbacks('opencode:ollama/qwen3:32b, claude:opus@work'), [
      ['opencode', 'ollama/qwen3:32b', null],
      ['claude-code', 'opus', 'work'],
    ]);
    assert.equal(read('claude')?.action, 'hand_over');
  });

  for (const [words, code, message] of [
    ['auto', 'INVALID_REQUEST', /never chooses/],
    ['cluade', 'PROVIDER_NOT_FOUND', /Did you mean claude/],
    ['claude@home', 'ACCOUNT_NOT_FOUND', /no account home/],
    ['zai', 'INVALID_REQUEST', /plan without a program/],
    ['claude,wait', 'INVALID_REQUEST', /is alone/],
    ['claude,,codex', 'INVALID_REQUEST', /PROVIDER\[:MODEL\]/],
    ['claude,claude', 'INVALID_REQUEST', /twice/],
    ['claude:', 'INVALID_REQUEST', /PROVIDER\[:MODEL\]/],
    ['claude@work:opus@work', 'INVALID_REQUEST', /two accounts/],
  ] as const)
    it(`refuses ${words}`, () =>
      assert.throws(
        () => read(words),
        (error: unknown) =>
          error instanceof AgentPoolError && error.code === code && message.test(error.message),
      ));

  it('refuses a wait without a bound that can be read, and one that bounds nothing', () => {
    for (const [onLimit, waitAtMost] of [
      ['wait', 'soon'],
      ['wait', '12'],
      ['wait', '0h'],
      ['stop', '12h'],
    ] as const)
      assert.throws(() => read(onLimit, waitAtMost), /--wait-at-most/);
  });
});
