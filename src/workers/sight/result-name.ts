import { createHash } from 'node:crypto';
import { lettersAndDigits } from '../core/words/sent-texts.ts';

/**
 * What a result is called in the log, by the text of its block. The same one for the same words however they are drawn:
 * an agent that takes up its conversation may wrap or pad them in another way.
 */
export const resultName = (raw: string): string => named(lettersAndDigits(raw));

/** The same as releases up to 0.3.0 have named it: in the log of a worker that was begun then. */
export const formerResultName = (raw: string): string => named(raw);

const named = (text: string): string =>
  `result ${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
