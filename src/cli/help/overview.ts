import { fit } from '../../report/text/table.ts';
import type { Grammar } from '../grammar/schema.ts';
import { type HelpPage, heading, prose, terms } from './layout.ts';
import { aliases, groups, sections } from './sections.ts';

/** Every command by category, one line per command or group of commands. */
export function overview(grammars: readonly Grammar[], version: string, page: HelpPage): string {
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
    '       agentpool AGENT "TASK" [OPTIONS]   (run with --provider AGENT: claude, codex)',
    ...titles.flatMap((title) => ['', heading(title, page), ...terms(rows(title), page)]),
    '',
    ...prose(
      "Run 'agentpool help COMMAND' for options and examples, 'agentpool help errors' for every error and its fix.",
      page,
    ),
  ].join('\n');
}

/** Replaces the commands of a group by the group, at the position of its first command. */
function lines(grammars: readonly Grammar[]): [string, string][] {
  const shown = new Map<string, string>();
  for (const { path, description } of grammars) {
    const name = firstWord(path);
    if (!shown.has(name) && !aliases.includes(name)) shown.set(name, groups[name] ?? description);
  }
  return [...shown];
}

const firstWord = (path: string): string => path.split(' ', 1)[0] ?? path;
