import { fit } from '../../report/text/table.ts';
import type { Grammar } from '../grammar/schema.ts';
import { heading, type Page, prose, terms } from './layout.ts';
import { groups, sections } from './sections.ts';

/** Everything that can be typed, by what one wants to do: one line a command, and one for the commands of a group. */
export function overview(grammars: readonly Grammar[], version: string, page: Page): string {
  const titles = [...new Set([...sections, ...grammars.map(({ category }) => category)])];
  const width = Math.max(...grammars.map(({ path }) => firstWord(path).length));
  const rows = (title: string) =>
    lines(grammars.filter(({ category }) => category === title)).map(([name, meaning]): [string, string] => [
      name.padEnd(width),
      fit(meaning, page.columns - width - 4),
    ]);
  return [
    ...prose(
      `AgentPool ${version}: see what is left of every coding-agent subscription, and hand work to one that still has headroom.`,
      page,
    ),
    '',
    `${heading('Usage', page)}  agentpool COMMAND [OPTIONS]`,
    ...titles.flatMap((title) => {
      const reported = rows(title);
      return reported.length > 0 ? ['', heading(title, page), ...terms(reported, page)] : [];
    }),
    '',
    heading('More', page),
    ...terms(
      [
        ['agentpool help COMMAND', 'what it takes, with examples'],
        ['agentpool help errors', 'every error, and what to do about it'],
        ['agentpool --version', 'which version this is'],
      ],
      page,
    ),
  ].join('\n');
}

/** The commands of two words are told as their group, where the first of them stands. */
function lines(grammars: readonly Grammar[]): [string, string][] {
  const reported = new Map<string, string>();
  for (const { path, description } of grammars) {
    const name = firstWord(path);
    if (!reported.has(name)) reported.set(name, groups[name] ?? description);
  }
  return [...reported];
}

const firstWord = (path: string): string => path.split(' ', 1)[0] ?? path;
