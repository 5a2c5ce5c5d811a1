import type { Config } from '../config/schema.ts';
import type { Judgement } from '../terminal/detection/judge.ts';
import type { Choice } from '../terminal/detection/judgement-schema.ts';

type Wish = Config['startup_answers'][keyof Config['startup_answers']];

const YES = /^(?:yes|trust|i trust|allow|proceed|continue)\b/i;
const SKIP = /^(?:skip|not now|later|no\b|continue without|remind)/i;

/**
 * The choice that the user's config takes at a dialog of an agent's start; null where it leaves the dialog to a person,
 * which is what it does unless somebody has written otherwise. Only trust in the folder of the spawn and the offer of
 * an update can be settled so: sign-ins, keys, hooks and servers never are.
 */
export function startupAnswer(wish: Wish | undefined, { startup, choices = [] }: Judgement): Choice | null {
  const words =
    startup === 'trust_folder' && wish?.trust === 'accept'
      ? YES
      : startup === 'update' && wish?.update === 'skip'
        ? SKIP
        : null;
  return (words && choices.find(({ label }) => words.test(label))) ?? null;
}

/** What the user's config says for one provider. */
export const startupWish = ({ startup_answers }: Config, provider: string): Wish | undefined =>
  (startup_answers as Record<string, Wish | undefined>)[provider];
