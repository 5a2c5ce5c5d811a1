import { usage } from '../../src/cli/grammar/grammar.ts';
import type { Flag, Grammar } from '../../src/cli/grammar/schema.ts';
import { flagMeaning, flagTerm } from '../../src/cli/help/command.ts';
import { sections } from '../../src/cli/help/sections.ts';

/** docs/cli.md, from what the commands themselves declare. */
export function cliMarkdown(grammars: readonly Grammar[]): string {
  const chapters = sections.map(
    (title) => [title, grammars.filter(({ category }) => category === title)] as const,
  );
  return `${[
    '# Commands',
    '',
    '<!-- Generated from the commands in src/cli by: npm run docs. Change them there. -->',
    '',
    '`agentpool help` shows all of them, `agentpool help COMMAND` one, `agentpool help error CODE` what an error means.',
    '',
    'A SESSION is an id, its beginning as long as no other has the same, or `@last` for the newest worker. With `--json` a command prints one JSON object, and an error as `{"error": {"code", "message", "details"}}`. The exit code is 0 when it was done, 1 when it was refused or failed, 2 for words that the command does not take; those of `run` tell more.\n\nWhat is longer than the terminal goes through your pager: $AGENTPOOL_PAGER, $PAGER, else less (`pager: false` in config.yaml, or `--no-pager`, forbids it); never with `--json`, and never into a pipe. `--plain` prints a list with one record a line and a tab between its figures, and everything else with one figure a line.',
    '',
    ...chapters.flatMap(([title, members]) => [
      `- ${title}: ${members.map(({ path }) => `[${path}](#agentpool-${path.replaceAll(' ', '-')})`).join(', ')}`,
    ]),
    ...chapters.flatMap(([title, members]) => ['', `## ${title}`, ...members.flatMap(commandMarkdown)]),
  ].join('\n')}\n`;
}

function commandMarkdown(grammar: Grammar): string[] {
  const { path, description, details, examples, flags } = grammar;
  return [
    '',
    `### agentpool ${path}`,
    '',
    `${description[0]?.toUpperCase()}${description.slice(1)}.`,
    '',
    '```text',
    usage(grammar),
    '```',
    ...(details ? ['', details] : []),
    '',
    '| option | what it does |',
    '| --- | --- |',
    ...flags.map(flagRow),
    ...(examples.length > 0 ? ['', '```bash'] : []),
    ...examples.flatMap(([what, line]) => [`# ${what}`, line]),
    ...(examples.length > 0 ? ['```'] : []),
  ];
}

const flagRow = (flag: Flag): string => `| \`${cell(flagTerm(flag))}\` | ${cell(flagMeaning(flag))} |`;

const cell = (text: string): string =>
  text.replaceAll('|', '\\|').replaceAll(/[<>]/g, (sign) => (sign === '<' ? '&lt;' : '&gt;'));
