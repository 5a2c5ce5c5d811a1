import type { Config } from '../../../config/schema.ts';
import type { Choice } from '../../../terminal/detection/classification-schema.ts';
import type { Classification } from '../../../terminal/detection/classify.ts';

type SpawnRequestOptions = Config['startup_answers'][keyof Config['startup_answers']];

const YES = /^(?:yes|trust|i trust|allow|proceed|continue)\b/i;
const SKIP = /^(?:skip|not now|later|no\b|continue without|remind)/i;

/**
 * The choice that the user's config takes at a startup dialog; null, the default, leaves the dialog to a person. Only
 * trust in the spawn's folder and the offer of an update can be configured: sign-ins, keys, hooks and servers cannot.
 */
export function startupAnswer(
  request: SpawnRequestOptions | undefined,
  { startup, choices = [] }: Classification,
): Choice | null {
  const words =
    startup === 'trust_folder' && request?.trust === 'accept'
      ? YES
      : startup === 'update' && request?.update === 'skip'
        ? SKIP
        : null;
  return (words && choices.find(({ label }) => words.test(label))) ?? null;
}

/** The user's startup options for one provider. */
export const startupOptions = (
  { startup_answers }: Config,
  provider: string,
): SpawnRequestOptions | undefined =>
  (startup_answers as Record<string, SpawnRequestOptions | undefined>)[provider];
