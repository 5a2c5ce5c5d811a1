import { errorChapters } from '../../src/lib/error-codes/index.ts';

const BEGIN = '<!-- errors: written from src/lib/error-codes by npm run docs -->';
const END = '<!-- end of errors -->';

/** docs/troubleshooting.md with the entries between the marks generated again; the hand-written text is kept. */
export function withErrors(page: string): string {
  const [before = '', rest = ''] = page.split(BEGIN);
  const after = rest.split(END)[1] ?? '';
  const chapters = errorChapters.flatMap(([title, entries]) => [
    `### ${title}`,
    '',
    ...Object.entries(entries).flatMap(([code, { means, mend }]) => [
      `#### ${code}`,
      '',
      means,
      '',
      mend,
      '',
    ]),
  ]);
  return `${before}${BEGIN}\n\n${chapters.join('\n')}\n${END}${after}`;
}
