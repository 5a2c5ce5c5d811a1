/** Words that mean themselves to sh, bash and zsh. A leading `=` would name a program to zsh. */
const PLAIN = /^(?!=)[\w@%+=:,./-]+$/;

/** One word as a person types it into a shell; quoted only where it has to be. */
export const shellWord = (word: string): string =>
  PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** Words as one command line, which works when it is pasted. */
export const shellLine = (words: readonly string[]): string => words.map(shellWord).join(' ');

/**
 * A command line with values in it: shell`agentpool explain ${id}`. Each value is quoted as one word, a list of values
 * as one word each. Every command that is printed for a person to paste is made by this or by `shellLine`.
 */
export const shell = (
  parts: TemplateStringsArray,
  ...values: readonly (string | number | readonly string[])[]
): string =>
  parts.reduce((line, part, index) => {
    const value = values[index - 1] ?? '';
    return `${line}${typeof value === 'object' ? shellLine(value) : shellWord(String(value))}${part}`;
  });
