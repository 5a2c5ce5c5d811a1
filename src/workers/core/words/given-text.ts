import { AgentPoolError } from '../../../lib/errors.ts';
import { bytes } from '../../../lib/text/bytes.ts';

/** The most bytes of a task or a message. A longer text belongs in a file of the repository, for the worker to read. */
export const TEXT_LIMIT = 2 * 1024 * 1024;

/** @throws TEXT_TOO_LARGE */
export function assertTextFits(what: string, text: string, example: string): void {
  const length = Buffer.byteLength(text);
  if (length > TEXT_LIMIT) throw tooLarge(what, length, example);
}

export const tooLarge = (what: string, length: number | null, example: string): AgentPoolError =>
  new AgentPoolError(
    'TEXT_TOO_LARGE',
    `${what} has ${length === null ? '' : `${bytes(length)}, `}more than ${bytes(TEXT_LIMIT)}. Put it in a file of the repository, and name that file in the text. Nothing was done.`,
    { limit: TEXT_LIMIT, example },
  );

/** Longer than any name of a model or an effort. */
const LONGEST_WORD = 200;

/**
 * Checks a word that becomes an argument of the agent's command: one that begins with a dash would be an option of the
 * agent, such as one that skips its approvals.
 * @throws INVALID_REQUEST
 */
export function assertWord(option: string, word: string | null, example: string): void {
  if (word === null) return;
  const refused = /^-/.test(word)
    ? 'begins with a dash and would be an option of the agent'
    : /\p{Cc}/u.test(word)
      ? 'contains a control character'
      : word.trim() === ''
        ? 'is empty'
        : word.length > LONGEST_WORD
          ? `has more than ${LONGEST_WORD} characters`
          : null;
  if (refused !== null)
    throw new AgentPoolError(
      'INVALID_REQUEST',
      `${option} ${JSON.stringify(word.slice(0, 60))} ${refused}. Nothing was done.`,
      { option, example },
    );
}
