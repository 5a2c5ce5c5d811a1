import { calcPrice } from '@pydantic/genai-prices';
import type { TokenUse } from '../../agents/contract/tokens/use.ts';

/** The list price of one answer on its day, in US dollars; null for a model without a price. */
export function priceOf(use: TokenUse, vendor: string | null): number | null {
  if (use.model === null) return null;
  const { input, cache_read, cache_write, output } = use;
  const usage = {
    input_tokens: input,
    cache_read_tokens: cache_read,
    cache_write_tokens: cache_write,
    output_tokens: output,
  };
  try {
    const options = { ...(vendor === null ? {} : { providerId: vendor }), timestamp: new Date(use.at) };
    return calcPrice(usage, use.model, options)?.total_price ?? null;
  } catch {
    // Figures that contradict one another have no price, and are reported without one.
    return null;
  }
}
