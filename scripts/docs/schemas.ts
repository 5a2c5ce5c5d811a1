import type { CommandClass } from 'clipanion';
import type { TSchema } from 'typebox';
import { commands } from '../../src/cli/commands/index.ts';
import { ErrorReport } from '../../src/report/views/errors.ts';

/** A JSON Schema as it is published: it stands for itself, what it refers to lies in its `$defs`. */
export type SchemaDocument = Record<string, unknown>;

export interface PublishedSchema {
  /** The name of its file in docs/schemas. */
  file: string;
  /** The command line that prints such a value. */
  command: string;
  /** Such a value a line, and not one for the whole answer. */
  aLine: boolean;
  description: string;
  document: SchemaDocument;
}

/** What a class of ours says of its --json. */
type Reporting = CommandClass & { report?: TSchema | null; manyReports?: boolean };

/** The schema of everything that is printed with --json, in the order of the commands; the last is that of errors. */
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
  const refusal = 'what any command prints with --json when it is refused or fails';
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
    description: [aLine ? 'One line.' : '', about ?? sentence(description)].filter(Boolean).join(' '),
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

/** Every schema that has a title becomes one of `defs`, and a reference where it stood. */
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

const sentence = (words: string) => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;

export const schemaText = ({ document }: PublishedSchema): string => `${JSON.stringify(document, null, 2)}\n`;

/** docs/schemas/README.md: what the schemas are for, what is promised of them, and which there are. */
export function schemasPage(published: readonly PublishedSchema[]): string {
  return `${[
    '# What `--json` prints',
    '',
    '<!-- Generated from the commands by: npm run docs. Change it in src/cli/schemas.ts. -->',
    '',
    'Each command that takes `--json` has a [JSON Schema](https://json-schema.org/draft/2020-12) (draft 2020-12) here. The same definitions type the code, and the tests hold every answer that they get against these files.',
    '',
    '```bash',
    "agentpool usage-summary --json | jq -r '.providers[] | select(.usable) | .provider_id'",
    'npx ajv-cli validate --spec=draft2020 --strict=false -s docs/schemas/sessions.json -d answer.json',
    'npx json-schema-to-typescript docs/schemas/observe.json > observe.d.ts',
    '```',
    '',
    '## How to read an answer',
    '',
    '- Standard output is one JSON value on one line; where the table says *a line*, it is one value on each line, as they come. Whatever else is said, warnings and progress, goes to standard error.',
    '- A command that is refused or fails prints [error.json](error.json) in its place: look for the key `error` first, then at its `code`. The exit code is 2 for the words of the call (64 of `run`), else 1. A command may also exit with 1 and print its report: `doctor`, `replay --verify`, `ledger verify` and the `validate` commands do so where they found something wrong.',
    '- Keys that are required are always there; what may be missing in an answer is `null`. Only what is asked for by an option may be absent.',
    '- Times are ISO 8601 in UTC with milliseconds, sizes are bytes, shares are percent where the key says so.',
    '',
    '## What is promised',
    '',
    'Within a major version of AgentPool a key that is here stays, with its type and its meaning. New keys come with any version, so no schema is closed: pass over what you do not know. The words of an `enum` are all that this version prints; a later one may have more, so give the unknown a way through. The texts of messages, `reason`, `words` and `summary` are for people and may change at any time; codes and states do not. Each file stands for itself: what it refers to lies in its `$defs`. Its `$id` is a name, not an address.',
    '',
    '| command | schema | |',
    '| --- | --- | --- |',
    ...published.map(
      ({ command, file, aLine, description }) =>
        `| \`${command}\` | [${file}](${file})${aLine ? ', a line' : ''} | ${description} |`,
    ),
  ].join('\n')}\n`;
}
