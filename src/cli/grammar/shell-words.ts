/** A line of a shell as words: quotes and backslashes as sh reads them, nothing else. An open quote ends with the line. */
export function shellWords(line: string): string[] {
  const words: string[] = [];
  for (const [whole] of line.matchAll(/(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"?|'[^']*'?)+/gs)) {
    words.push(
      whole.replaceAll(
        /\\(.)|"((?:[^"\\]|\\.)*)"?|'([^']*)'?/gs,
        (_, escaped, double, single) => escaped ?? single ?? double.replaceAll(/\\(["\\$`])/g, '$1'),
      ),
    );
  }
  return words;
}

/** Words as a line that a shell reads back as the same. */
export const shellLine = (words: readonly string[]): string => words.map(shellWord).join(' ');

const shellWord = (word: string): string => {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return /["$`\\!\n]/.test(word) ? `'${word.replaceAll("'", "'\\''")}'` : `"${word}"`;
};
