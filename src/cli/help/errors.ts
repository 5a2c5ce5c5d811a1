import { type ErrorCode, errorChapters, errorCodes } from '../../lib/error-codes/index.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { suggest } from '../../lib/suggest.ts';
import { shell } from '../../lib/text/shell.ts';
import { heading, type Page, prose, terms } from './layout.ts';

/** What one error means, and what to do. */
export function errorHelp(code: ErrorCode, page: Page): string {
  const { means, mend } = errorCodes[code];
  return [
    heading(code, page),
    ...prose(means, page, 2),
    '',
    heading('What to do', page),
    ...prose(mend, page, 2),
  ].join('\n');
}

/** Every code with what it means, by what it is about. */
export function errorList(page: Page): string {
  const chapters = errorChapters.flatMap(([title, entries]) => [
    heading(title, page),
    ...terms(
      Object.entries(entries).map(([code, { means }]) => [code, means]),
      page,
    ),
    '',
  ]);
  return [...chapters, 'agentpool help error CODE says what to do about one.'].join('\n');
}

/** The code that was named, in any case. UNKNOWN_ERROR_CODE tells the nearest one. */
export function errorCodeNamed(word: string): ErrorCode {
  const codes = Object.keys(errorCodes) as ErrorCode[];
  const found = codes.find((code) => code === word.toUpperCase());
  if (found) return found;
  const nearest = suggest(word, codes);
  throw new AgentPoolError(
    'UNKNOWN_ERROR_CODE',
    `There is no error ${JSON.stringify(word)}.${nearest ? ` Did you mean ${nearest}?` : ''}`,
    { codes, example: nearest ? shell`agentpool help error ${nearest}` : 'agentpool help errors' },
  );
}
