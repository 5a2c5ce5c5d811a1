import type { Grammar } from '../grammar/schema.ts';

/** Whether any of the words asks for help. */
export function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  const said = end < 0 ? words : words.slice(0, end);
  return said.includes('--help') || said.includes('-h');
}

/** The command that the words request help for: [] for the overview, null for no help or for help on an error. */
export function wantedHelp(words: readonly string[], grammars: readonly Grammar[]): string[] | null {
  const [first, second = '', ...more] = words;
  if (first === 'help') {
    const rest = words.slice(1).filter((word) => word !== '--help' && word !== '-h');
    return rest.some((word) => word.startsWith('-') || /^errors?$/.test(word)) ? null : rest;
  }
  if (!asksForHelp(words)) return null;
  if (first === undefined || first.startsWith('-')) return [];
  if (grammars.some(({ path }) => path === `${first} ${second}`)) return [first, second];
  if (grammars.some(({ path }) => path === first)) return [first];
  return second.startsWith('-') && more.length === 0 ? [first] : null;
}
