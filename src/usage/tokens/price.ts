import { calcPrice } from '@pydantic/genai-prices';
import type { TokenUse } from '../../agents/contract/tokens/use.ts';

/** How many times its list price a model costs in fast mode (platform.claude.com, Fast mode; each at its time). */
const FAST: readonly (readonly [models: RegExp, times: number])[] = [
  [/^claude-opus-4-[67](-\d{8})?$/, 6],
  [/^claude-opus-(4-8|5)(-\d{8})?$/, 2],
];

/** Z.ai's own prices in US dollars for a million tokens, which the list does not have; those that several public catalogues agree on. */
const ZAI: readonly (readonly [models: RegExp, prices: { input: number; cached: number; output: number }])[] =
  [
    [/^glm-4\.[567]$/i, { input: 0.6, cached: 0.11, output: 2.2 }],
    [/^glm-4\.5-air$/i, { input: 0.2, cached: 0.03, output: 1.1 }],
    [/^glm-5$/i, { input: 1, cached: 0.2, output: 3.2 }],
    [/^glm-5-turbo$/i, { input: 1.2, cached: 0.24, output: 4 }],
  ];

/** The list price of one answer on its day, in US dollars; null for a model without a price. */
export function priceOf(use: TokenUse, vendor: string | null): number | null {
  const { speed } = use;
  for (const model of namesOf(use.model)) {
    const times = speed === undefined ? 1 : FAST.find(([models]) => models.test(model))?.[1];
    if (times === undefined) continue;
    const prices = ZAI.find(([models]) => models.test(model))?.[1];
    if (prices)
      return (
        ((use.input - use.cache_read) * prices.input +
          use.cache_read * prices.cached +
          use.output * prices.output) /
        1e6
      );
    for (const seller of sellersOf(model, vendor)) {
      const price = listPrice(use, model, seller);
      if (price !== null) return price * times;
    }
  }
  return null;
}

/** A program on this machine: what it answers has no price, whatever it is called. */
const LOCAL = /^(?:ollama|lm[_-]?studio|llama[_.-]?cpp|vllm|local)\//i;

/**
 * The names to look for, the whole one first: a router puts its own before it (`openrouter/anthropic/...`, `zai/...`).
 * Claude ends a name with the size of its window: `[1m]`.
 */
function namesOf(model: string | null): string[] {
  const whole = model?.replace(/\[[\w.]+\]$/, '') ?? '';
  if (whole === '' || LOCAL.test(whole)) return [];
  const parts = whole.split('/');
  return parts.map((_, index) => parts.slice(index).join('/'));
}

/**
 * Who may sell a model of that name: the agent's own vendor; Amazon and OpenRouter, which have names of their own; its
 * maker. An agent can be set to another vendor than its own.
 */
function sellersOf(model: string, vendor: string | null): (string | null)[] {
  const isAmazon = /^(?:[a-z]{2,6}\.)?[a-z0-9]+\.[a-z]/.test(model) && /[-.]v\d|anthropic\./.test(model);
  return [vendor, isAmazon ? 'aws' : null, model.includes('/') ? 'openrouter' : null, null].filter(
    (seller, index, all) => all.indexOf(seller) === index,
  );
}

function listPrice(
  { at, input, cache_read, cache_write, cache_write_1h, output }: TokenUse,
  model: string,
  seller: string | null,
): number | null {
  const usage = {
    input_tokens: input,
    cache_read_tokens: cache_read,
    cache_write_tokens: cache_write,
    ...(cache_write_1h ? { cache_write_1h_tokens: cache_write_1h } : {}),
    output_tokens: output,
  };
  try {
    const options = { ...(seller === null ? {} : { providerId: seller }), timestamp: new Date(at) };
    return calcPrice(usage, model, options)?.total_price ?? null;
  } catch {
    // Figures that contradict one another have no price, and are reported without one.
    return null;
  }
}
