import { usage } from '../../src/cli/grammar/grammar.ts';
import type { Flag, Grammar } from '../../src/cli/grammar/schema.ts';
import { flagMeaning, flagTerm } from '../../src/cli/help/command.ts';
import { sections } from '../../src/cli/help/sections.ts';

/** docs/cli.md, from the declarations of the commands. */
export function cliMarkdown(grammars: readonly Grammar[]): string {
  const chapters = sections.map(
    (title) => [title, grammars.filter(({ category }) => category === title)] as const,
  );
  return `${[
    '# Commands',
    '',
    '<!-- Generated from the commands in src/cli by: npm run docs. Change them there. -->',
    '',
    '`agentpool help` lists all commands, `agentpool help COMMAND` shows one, and `agentpool help error CODE` explains an error.',
    '',
    'A SESSION is a session id, a unique prefix of one, or `@last` for the newest worker. Every command that takes a worker also accepts `--session ID` and `--session-id ID`. With `--json`, a command prints one JSON object, and an error as `{"error": {"code", "message", "details"}}`. The exit code is 0 on success, 1 if the command was refused or failed, and 2 for wrong usage; `run` has more exit codes.\n\nOutput that is longer than the terminal goes through your pager: $AGENTPOOL_PAGER, $PAGER, or less. `--no-pager`, or `pager: false` in config.yaml, turns the pager off; it is never used with `--json` or in a pipe. `--plain` prints a list as one record per line with tabs between the fields, and everything else as one value per line.',
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
    `${description}.`,
    '',
    '```text',
    usage(grammar),
    '```',
    ...(details ? ['', details] : []),
    '',
    '| option | description |',
    '| --- | --- |',
    ...flags.map(flagRow),
    ...(examples.length > 0 ? ['', '```bash'] : []),
    ...examples.flatMap(([what, line]) => [`# ${what}`, line]),
    ...(examples.length > 0 ? ['```'] : []),
  ];
}

const flagRow = (flag: Flag): string =>
  `| \`${cell(flagTerm(flag))}\` | ${cell(flagMeaning(flag, (word) => `\`${word}\``))} |`;

const cell = (text: string): string =>
  text.replaceAll('|', '\\|').replaceAll(/[<>]/g, (sign) => (sign === '<' ? '&lt;' : '&gt;'));
