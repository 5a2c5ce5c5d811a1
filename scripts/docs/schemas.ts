import type { CommandClass } from 'clipanion';
import type { TSchema } from 'typebox';
import { commands } from '../../src/cli/commands/index.ts';
import { ErrorReport } from '../../src/report/views/errors.ts';

/** A published JSON Schema. It is self-contained: everything it refers to is in its `$defs`. */
export type SchemaDocument = Record<string, unknown>;

export interface PublishedSchema {
  /** The name of its file in docs/schemas. */
  file: string;
  /** The command line that prints values of this schema. */
  command: string;
  /** The command prints one such value per line, not one for the whole output. */
  aLine: boolean;
  description: string;
  document: SchemaDocument;
}

/** What a command class declares about its --json output. */
type Reporting = CommandClass & { report?: TSchema | null; manyReports?: boolean };

/** The schemas of all --json outputs, in the order of the commands. The last one is the schema of errors. */
export async function publishedSchemas(): Promise<PublishedSchema[]> {
  const published: PublishedSchema[] = [];
  for (const [path, load] of Object.entries(commands)) {
    const { report, manyReports = false, usage } = (await load()).default as Reporting;
    if (!report) continue;
    const description = usage?.description ?? '';
    published.push(
      publish(path.replaceAll(' ', '-'), `agentpool ${path} --json`, description, report, manyReports),
    );
  }
  const refusal = 'What any command prints with --json when it is refused or fails';
  return [...published, publish('error', 'any command', refusal, ErrorReport, false)];
}

function publish(
  name: string,
  command: string,
  description: string,
  report: TSchema,
  aLine: boolean,
): PublishedSchema {
  const {
    title: _,
    description: about,
    ...schema
  } = report as TSchema & { title?: string; description?: string };
  const defs: Record<string, unknown> = {};
  const document = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:agentpool:schema:${name}`,
    title: command,
    description: [aLine ? 'One line.' : '', about ?? `${description}.`].filter(Boolean).join(' '),
    ...(referring(schema, defs) as object),
  };
  const sorted = Object.entries(defs).sort(([one], [other]) => (one < other ? -1 : 1));
  return {
    file: `${name}.json`,
    command,
    aLine,
    description,
    document: sorted.length > 0 ? { ...document, $defs: Object.fromEntries(sorted) } : document,
  };
}

/** Moves every schema that has a title to `defs`, and leaves a reference in its place. */
function referring(node: unknown, defs: Record<string, unknown>): unknown {
  if (Array.isArray(node)) return node.map((each) => referring(each, defs));
  if (typeof node !== 'object' || node === null) return node;
  const reported = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, referring(value, defs)]),
  );
  const { title } = reported;
  if (typeof title !== 'string') return reported;
  if (Object.hasOwn(defs, title) && JSON.stringify(defs[title]) !== JSON.stringify(reported))
    throw new Error(`two different schemas are titled ${title}`);
  defs[title] = reported;
  return { $ref: `#/$defs/${title}` };
}

export const schemaText = ({ document }: PublishedSchema): string => `${JSON.stringify(document, null, 2)}\n`;

/** docs/schemas/README.md: the purpose of the schemas, the stability guarantee, and the list. */
export function schemasPage(published: readonly PublishedSchema[]): string {
  return `${[
    '# What `--json` prints',
    '',
    '<!-- Generated from the commands by: npm run docs. Change it in scripts/docs/schemas.ts. -->',
    '',
    'Each command that takes `--json` has a [JSON Schema](https://json-schema.org/draft/2020-12) (draft 2020-12) here. The types of the code come from the same definitions, and the tests validate the output of the commands against them.',
    '',
    '```bash',
    "agentpool usage-summary --json | jq -r '.providers[] | select(.usable) | .provider_id'",
    'npx ajv-cli validate --spec=draft2020 --strict=false -s docs/schemas/sessions.json -d answer.json',
    'npx json-schema-to-typescript docs/schemas/observe.json > observe.d.ts',
    '```',
    '',
    '## Reading the output',
    '',
    '- Standard output is one JSON value on one line. Where the table says *per line*, it is one value on each line, as they come. Warnings and progress go to standard error.',
    '- A command that is refused or fails prints [error.json](error.json) instead: check for the key `error` first, then read its `code`. The exit code is 2 for wrong usage (64 for `run`), otherwise 1. `doctor`, `replay --verify`, `ledger verify` and the `validate` commands exit with 1 and still print their report if they find a problem.',
    '- Required keys are always present; a missing value is `null`. Only keys that an option requests may be absent.',
    '- Times are ISO 8601 in UTC with milliseconds. Sizes are in bytes. Shares are in percent if the key says so.',
    '',
    '## Stability',
    '',
    'Within a major version of AgentPool, a key keeps its type and its meaning. Any version may add keys, so no schema is closed: ignore keys that you do not know. An `enum` lists all values of this version; a later version may add values, so handle unknown ones. The texts of messages, `reason`, `words` and `summary` are for people and may change at any time; codes and states do not. Each file is self-contained: everything it refers to is in its `$defs`. Its `$id` is a name, not a URL.',
    '',
    '| command | schema | |',
    '| --- | --- | --- |',
    ...published.map(
      ({ command, file, aLine, description }) =>
        `| \`${command}\` | [${file}](${file})${aLine ? ', per line' : ''} | ${description} |`,
    ),
  ].join('\n')}\n`;
}
