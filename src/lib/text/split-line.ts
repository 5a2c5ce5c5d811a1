import { split } from 'shlex';

/**
 * A line of a shell as words: quotes and backslashes as sh reads them, no variables. What is still open in a line that
 * is being typed, a quote or a last backslash, ends with the line.
 */
export function splitLine(line: string): string[] {
  const bare = line.replace(/\\$/, '');
  for (const whole of [line, bare, `${line}'`, `${line}"`, `${bare}'`, `${bare}"`]) {
    try {
      return split(whole);
    } catch {
      // Something is open: the next one closes it.
    }
  }
  return bare.split(/\s+/);
}
