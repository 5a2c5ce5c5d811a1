import type { TSchema } from 'typebox';
import type { Definition } from '../../src/events/catalogue/definition.ts';
import { leaseEvents } from '../../src/events/catalogue/leases.ts';
import { providerEvents } from '../../src/events/catalogue/providers.ts';
import { usageEvents } from '../../src/events/catalogue/usage.ts';
import { watcherEvents } from '../../src/events/catalogue/watcher.ts';
import { workerStates } from '../../src/events/catalogue/words.ts';
import { workerEvents } from '../../src/events/catalogue/worker.ts';

/** A schema as far as the page shows it. */
interface Node {
  type?: string;
  enum?: string[];
  anyOf?: Node[];
  items?: Node;
  properties?: Record<string, Node>;
  description?: string;
}

const ENVELOPE: [string, string, string][] = [
  ['`position`', 'integer', 'Global, without gaps, from 1.'],
  ['`event_id`', 'text', 'Unique.'],
  [
    '`stream_id`',
    'text',
    '`worker/<session id>`, `leases/<repository>`, `usage/<provider>`, `provider/<provider>` or `watcher`.',
  ],
  ['`stream_version`', 'integer', 'Position within its stream, without gaps, from 1.'],
  ['`type`, `schema_version`', 'text, integer', 'Which of the types below, and in which version.'],
  [
    '`occurred_at`, `recorded_at`',
    'text',
    'When it happened and when it was appended: ISO 8601, UTC, milliseconds.',
  ],
  [
    '`command_id`, `causation_id`, `correlation_id`',
    'text or null',
    'What it came from, where that is known. A command that is sent again with its id does nothing twice.',
  ],
  ['`actor`', 'text', 'Who appended it: cli, mcp, watcher.'],
  [
    '`metadata`',
    'object',
    'Notes of the caller, which decide nothing: why a worker was ended, what its spawner wants to find it by.',
  ],
  [
    '`data`',
    'object',
    'What the type says below. In `ledger export` it is `payload`, the JSON text as it is stored.',
  ],
  ['`hash`', 'text', 'In `ledger export`: sha256 of the previous hash and this row, hex.'],
];

/** docs/events.md, from the catalogue that the code itself validates with. */
export function eventsMarkdown(): string {
  return `${[
    '# Events',
    '',
    '<!-- Generated from src/events/catalogue by: npm run docs. Change it there. -->',
    '',
    'Everything that AgentPool knows happened as one of these events, appended once to the log in `ledger.sqlite` and never changed. What commands print is folded from them.',
    '',
    '```bash',
    'agentpool events --session @last        # one line an event',
    'agentpool events --follow --json        # NDJSON, as it happens',
    'agentpool replay @last                  # a history, told',
    '```',
    '',
    'A type or version that this AgentPool does not know is named and skipped by readers, and stays in the log. When the data of a type changes, its version is raised, and an upcaster brings older events up to it as they are read; stored bytes stay as they are. All text was redacted before it was appended.',
    '',
    '## What every event carries',
    '',
    ...table(ENVELOPE),
    '',
    '## States',
    '',
    `A worker is ${workerStates.map((state) => `\`${state}\``).join(', ')}. Events that can change it carry the state that follows.`,
    '',
    ...section('Of a worker', 'Streams `worker/<session id>`.', workerEvents),
    ...section('Of leases', 'Streams `leases/<repository>`.', leaseEvents),
    ...section('Of limits', 'Streams `usage/<provider>`.', usageEvents),
    ...section('Of agents', 'Streams `provider/<provider>`.', providerEvents),
    ...section('Of the watcher', 'Stream `watcher`: one background process a home.', watcherEvents),
  ]
    .join('\n')
    .trimEnd()}\n`;
}

function section(title: string, where: string, events: Record<string, Definition>): string[] {
  const types = Object.entries(events).flatMap(([type, { version, says, data }]) => [
    `### ${type}`,
    '',
    `${says} Version ${version}.`,
    '',
    ...table(
      Object.entries(data.properties as Record<string, TSchema & Node>).map(([name, node]) => [
        `\`${name}\``,
        typeOf(node),
        node.description ?? '',
      ]),
    ),
    '',
  ]);
  return [`## ${title}`, '', where, '', ...types];
}

const table = (rows: [string, string, string][]): string[] => [
  '| field | type | |',
  '| --- | --- | --- |',
  ...rows.map((row) => `| ${row.join(' | ')} |`),
];

function typeOf(node: Node): string {
  if (node.anyOf) return node.anyOf.map(typeOf).join(' or ');
  if (node.enum?.join() === workerStates.join()) return '[state](#states)';
  if (node.enum) return node.enum.map((word) => `\`${word}\``).join(' ');
  if (node.items) return `list of ${typeOf(node.items)}`;
  if (node.properties) {
    const fields = Object.entries(node.properties).map(([name, field]) => `\`${name}\`: ${typeOf(field)}`);
    return `{ ${fields.join(', ')} }`;
  }
  return node.type === 'string' ? 'text' : (node.type ?? 'anything');
}
