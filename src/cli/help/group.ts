import type { Grammar } from '../grammar/schema.ts';
import { type HelpPage, heading, prose, terms } from './layout.ts';
import { groups } from './sections.ts';

/** The help for a group: the commands that begin with the same word. */
export function groupHelp(name: string, members: readonly Grammar[], page: HelpPage): string {
  const meaning = groups[name];
  return [
    ...prose(`agentpool ${name}${meaning ? `: ${meaning}` : ''}`, page),
    '',
    heading('Usage', page),
    `  agentpool ${name} ${members.map(({ path }) => path.slice(name.length + 1)).join('|')} [OPTIONS]`,
    '',
    heading('Commands', page),
    ...memberTerms(members, page),
    '',
    heading('Examples', page),
    ...members
      .flatMap(({ examples }) => examples.slice(0, 1))
      .flatMap(([what, line]) => example(what, line, page)),
    '',
    `Run 'agentpool help ${members[0]?.path}' for the options of one command.`,
  ].join('\n');
}

export const memberTerms = (members: readonly Grammar[], page: HelpPage): string[] =>
  terms(
    members.map(({ path, description }) => [path, description]),
    page,
  );

export const example = (what: string, line: string, { paint }: HelpPage): string[] => [
  `  ${paint.dim(what)}`,
  `    ${line}`,
];
