import { wrap } from '../../report/text/wrap.ts';
import { termOf, usage } from '../grammar/grammar.ts';
import type { Argument, Flag, Grammar, GrammarValue } from '../grammar/schema.ts';
import { example, memberTerms } from './group.ts';
import { type HelpPage, heading, prose, terms } from './layout.ts';

/** The help of one command: description, usage, arguments, options and examples. */
export function commandHelp(grammar: Grammar, members: readonly Grammar[], page: HelpPage): string {
  const { path, description, details, examples } = grammar;
  const args = grammar.arguments.flatMap((each): [string, string][] => {
    const meaning = argumentMeaning(each);
    return meaning ? [[each.name, meaning]] : [];
  });
  const flags = grammar.flags.map((flag): [string, string] => [flagTerm(flag), flagMeaning(flag)]);
  return [
    ...prose(`agentpool ${path}: ${description}`, page),
    '',
    heading('Usage', page),
    ...usageLines(grammar, page),
    ...(details ? ['', ...prose(details, page)] : []),
    ...(members.length > 0 ? ['', heading('Commands', page), ...memberTerms(members, page)] : []),
    ...(args.length > 0 ? ['', heading('Arguments', page), ...terms(args, page)] : []),
    '',
    heading('Options', page),
    ...terms([...flags, ['-h, --help', 'show this help']], page),
    ...(examples.length > 0 ? ['', heading('Examples', page)] : []),
    ...examples.flatMap(([what, line]) => example(what, line, page)),
  ].join('\n');
}

function usageLines(grammar: Grammar, { columns }: HelpPage): string[] {
  const [first = '', ...rest] = wrap(usage(grammar), columns - 4);
  return [`  ${first}`, ...rest.map((line) => `    ${line}`)];
}

function argumentMeaning({ name, source, words, required }: Argument): string {
  const optional = required ? '' : 'optional';
  const what = source === 'session' ? 'a worker: its id, its beginning, or @last' : wordsOf(words, name);
  return [what, optional].filter(Boolean).join('; ');
}

const wordsOf = (words: readonly string[] | null, name: string): string =>
  words && words.join('|') !== name ? words.join(', ') : '';

/** An option as help shows it. A switch that is on by default is shown in its `--no-` form. */
export function flagTerm(flag: Flag): string {
  const shown = flag.default === true ? flag.names.map((name) => name.replace(/^--/, '--no-')) : flag.names;
  const short = shown.filter((name) => !name.startsWith('--'));
  const names = [...short, ...shown.filter((name) => name.startsWith('--'))].join(', ');
  return termOf(flag, names);
}

/** The meaning of an option. `quoted` marks up the words that its value can be: code spans in Markdown. */
export function flagMeaning(flag: Flag, quoted = (word: string): string => word): string {
  const { description, required, repeatable, value } = flag;
  const notes = [
    ...(required ? ['required'] : []),
    ...(repeatable && !/again|repeat|several/.test(description) ? ['repeatable'] : []),
    ...(typeof flag.default === 'string' && flag.default !== '' ? [`default: ${flag.default}`] : []),
  ];
  const words = value?.words && !namedIn(description, value) ? `: ${value.words.map(quoted).join(', ')}` : '';
  return `${description}${words}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`;
}

const namedIn = (description: string, { words }: GrammarValue): boolean =>
  (words ?? []).every((word) => description.includes(word));
