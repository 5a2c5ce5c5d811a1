import { calcPrice } from '@pydantic/genai-prices';
import type { TokenUse } from '../../agents/contract/tokens/use.ts';

/** How many times its list price a model costs in fast mode (platform.claude.com, Fast mode; each at its time). */
const FAST: readonly (readonly [models: RegExp, times: number])[] = [
  [/^claude-opus-4-[67](-\d{8})?$/, 6],
  [/^claude-opus-(4-8|5)(-\d{8})?$/, 2],
];

/** The list price of one answer on its day, in US dollars; null for a model without a price. */
export function priceOf(use: TokenUse, vendor: string | null): number | null {
  const { model, speed } = use;
  if (model === null) return null;
  const times = speed === undefined ? 1 : FAST.find(([models]) => models.test(model))?.[1];
  if (times === undefined) return null;
  for (const seller of sellersOf(model, vendor)) {
    const price = listPrice(use, model, seller);
    if (price !== null) return price * times;
  }
  return null;
}

/**
 * Who may sell a model of that name: the agent's own vendor; Amazon and OpenRouter, which have names of their own; its
 * maker. An agent can be set to another vendor than its own.
 */
function sellersOf(model: string, vendor: string | null): (string | null)[] {
  const isAmazon = /^(?:[a-z]{2,6}\.)?[a-z0-9]+\.[a-z]/.test(model) && /[-.]v\d/.test(model);
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
