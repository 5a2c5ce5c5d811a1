import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TokenUse } from '../../agents/contract/tokens/use.ts';
import { priceOf } from './price.ts';

const use = (model: string, changes: Partial<TokenUse> = {}): TokenUse => ({
  key: 'k',
  rank: 0,
  at: '2026-11-20T10:00:00.000Z',
  model,
  project: null,
  session: null,
  input: 100_000,
  cache_read: 0,
  cache_write: 0,
  output: 100_000,
  ...changes,
});

const price = (model: string, changes: Partial<TokenUse> = {}) =>
  priceOf(use(model, changes), 'anthropic')?.toFixed(2) ?? null;

describe('the list price', () => {
  it('of what was written to the cache for an hour is its own', () => {
    const written = { input: 1_000_000, cache_write: 1_000_000, output: 0 };
    assert.equal(price('claude-opus-4-5-20251101', written), '6.25');
    const forAnHour = { ...written, cache_write_1h: 1_000_000 };
    assert.equal(price('claude-opus-4-5-20251101', forAnHour), '10.00');
  });

  it('in fast mode is a multiple, and unknown for a model without one', () => {
    assert.equal(price('claude-opus-4-6'), '3.00');
    assert.equal(price('claude-opus-4-6', { speed: 'fast' }), '18.00');
    assert.equal(price('claude-opus-4-8', { speed: 'fast' }), '6.00');
    assert.equal(price('claude-haiku-4-5', { speed: 'fast' }), null);
  });

  it('is that of the vendor whose name for the model is used', () => {
    assert.equal(price('us.anthropic.claude-sonnet-4-5-20250929-v1:0'), '1.98');
    assert.equal(price('anthropic/claude-sonnet-4.5'), '1.80');
    assert.equal(price('kimi-k2-thinking'), '0.31');
    assert.equal(price('nobody-knows-1'), null);
    assert.equal(price('us.anthropic.claude-opus-5'), '3.30');
  });

  it("of Z.ai's models is Z.ai's own, by whichever of their names", () => {
    for (const name of ['glm-4.6', 'GLM-4.6', 'zai/glm-4.6', 'zai-org/GLM-4.6', 'glm-4.7', 'glm-4.6[1m]'])
      assert.equal(price(name), '0.28', name);
    assert.equal(price('z-ai/glm-4.6'), '0.22', 'of OpenRouter');
    assert.equal(price('glm-4.6', { cache_read: 50_000 }), '0.26');
  });

  it('is found behind the name of a router and before the size of a window, not for a local model', () => {
    assert.equal(price('openrouter/anthropic/claude-sonnet-4.5'), '1.80');
    assert.equal(price('vertex_ai/claude-opus-4-6@20260101'), '3.00');
    const profile = 'arn:aws:bedrock:us-east-1:123456789012:inference-profile';
    assert.equal(price(`${profile}/us.anthropic.claude-sonnet-4-5-20250929-v1:0`), '1.98');
    assert.equal(price('claude-opus-4-8[1m]', { speed: 'fast' }), '6.00');
    for (const name of ['ollama/claude-sonnet-4-5', 'constructor', '__proto__', '/', ''])
      assert.equal(price(name), null, name);
  });
});
