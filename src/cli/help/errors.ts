import { type ErrorCode, errorChapters, errorCodes } from '../../lib/error-codes/index.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { suggest } from '../../lib/suggest.ts';
import { shell } from '../../lib/text/shell.ts';
import { type HelpPage, heading, prose, terms } from './layout.ts';

/** The help for one error code: its meaning and its fix. */
export function errorHelp(code: ErrorCode, page: HelpPage): string {
  const { means, fix } = errorCodes[code];
  return [
    heading(code, page),
    ...prose(means, page, 2),
    '',
    heading('Fix', page),
    ...prose(fix, page, 2),
  ].join('\n');
}

/** Every error code with its meaning, by topic. */
export function errorList(page: HelpPage): string {
  const chapters = errorChapters.flatMap(([title, entries]) => [
    heading(title, page),
    ...terms(
      Object.entries(entries).map(([code, { means }]) => [code, means]),
      page,
    ),
    '',
  ]);
  return [...chapters, "Run 'agentpool help error CODE' for the fix of one error."].join('\n');
}

/** The error code of that name, case-insensitive. Throws UNKNOWN_ERROR_CODE, which suggests the nearest one. */
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
