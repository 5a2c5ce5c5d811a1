import { type ErrorKind, errorKinds } from '../../src/lib/error-codes/entry.ts';
import { errorChapters } from '../../src/lib/error-codes/index.ts';

const BEGIN = '<!-- errors: written from src/lib/error-codes by npm run docs -->';
const END = '<!-- end of errors -->';

/** docs/troubleshooting.md with the entries between the marks generated again; the hand-written text is kept. */
export function withErrors(page: string): string {
  const [before = '', rest = ''] = page.split(BEGIN);
  const after = rest.split(END)[1] ?? '';
  const chapters = errorChapters.flatMap(([title, entries]) => [
    `### ${title}`,
    '',
    ...Object.entries(entries).flatMap(([code, { kind, means, fix }]) => [
      `#### ${code}`,
      '',
      means,
      '',
      fix,
      '',
      `Kind: ${kind}.`,
      '',
    ]),
  ]);
  const entries = [...kindTable, ...chapters].join('\n');
  return `${before}${BEGIN}\n\n${entries}\n${END}${after}`;
}

const meanings: Record<ErrorKind, string> = {
  usage: 'The command line is wrong: an unknown command or option, or a value that is not valid.',
  rejected: 'AgentPool understood the command and refuses it, or something that it needs is missing.',
  conflict: 'Another process holds the resource or has changed it. Trying again may help.',
  corrupt: 'The ledger or a file is damaged.',
  internal: 'A fault of AgentPool.',
};

const kindTable = [
  'The kind of a code decides the exit status.',
  '',
  '| kind | exit status | meaning |',
  '| --- | --- | --- |',
  ...errorKinds.map(
    (kind) => `| ${kind} | ${kind === 'usage' ? '2, of `agentpool run` 64' : '1'} | ${meanings[kind]} |`,
  ),
  '',
  '`AGENTPOOL_DEBUG=1` before a command adds the stacks of the error and of its causes on stderr. A running watcher writes them to its log, an MCP server to its stderr.',
  '',
];
