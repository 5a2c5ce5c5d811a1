/** A line of a shell as words: quotes and backslashes as sh reads them, nothing else. An open quote ends with the line. */
export function splitLine(line: string): string[] {
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
