import type { TSchema } from 'typebox';
import type { EventDefinition } from '../../src/events/catalogue/definition.ts';
import { fleetEvents } from '../../src/events/catalogue/fleet.ts';
import { handoverEvents } from '../../src/events/catalogue/handover.ts';
import { leaseEvents } from '../../src/events/catalogue/leases.ts';
import { leftoverEvents } from '../../src/events/catalogue/leftovers.ts';
import { parkingEvents } from '../../src/events/catalogue/parking.ts';
import { providerEvents } from '../../src/events/catalogue/providers.ts';
import { queueEvents } from '../../src/events/catalogue/queue.ts';
import { runEvents } from '../../src/events/catalogue/runs.ts';
import { steeringEvents } from '../../src/events/catalogue/steering.ts';
import { usageEvents } from '../../src/events/catalogue/usage.ts';
import { watcherEvents } from '../../src/events/catalogue/watcher.ts';
import { workerStates } from '../../src/events/catalogue/words.ts';
import { workerEvents } from '../../src/events/catalogue/worker.ts';

/** The part of a JSON schema that the page shows. */
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
  [
    '`event_id`',
    'text',
    'Unique. A UUID of version 8 that ends in the position; events of releases before format 2 of the ledger have random ones.',
  ],
  [
    '`stream_id`',
    'text',
    '`worker/<session id>`, `leases/<repository>`, `usage/<provider>`, `provider/<provider>`, `watcher`, `fleet` or `steering/<request id>`.',
  ],
  ['`stream_version`', 'integer', 'Position within its stream, without gaps, from 1.'],
  ['`type`, `schema_version`', 'text, integer', 'One of the types below, and its version.'],
  [
    '`occurred_at`, `recorded_at`',
    'text',
    'When the event happened and when it was appended: ISO 8601, UTC, milliseconds.',
  ],
  [
    '`command_id`, `causation_id`, `correlation_id`',
    'text or null',
    'The command or event that caused this one, if known. Repeating a command with the same id has no further effect.',
  ],
  ['`actor`', 'text', 'The process that appended the event: cli, mcp or watcher.'],
  [
    '`metadata`',
    'object',
    'Notes of the caller, without effect: why a worker was terminated, or labels set by its spawner.',
  ],
  [
    '`data`',
    'object',
    'The fields listed below for the type. In `ledger export` it is `payload`, the JSON text as stored.',
  ],
  [
    '`hash`',
    'text',
    'In `ledger export` and `events --json`, in hex: SHA-256 of the previous hash and the SHA-256 of this row. Before 0.3: of the previous hash and this row.',
  ],
];

/** docs/events.md, from the catalogue that also validates the events. */
export function eventsMarkdown(): string {
  return `${[
    '# Events',
    '',
    '<!-- Generated from src/events/catalogue by: npm run docs. Change it there. -->',
    '',
    'AgentPool records everything that happens as one of these events. Each is appended once to the log in `ledger.sqlite` and never changed. All that commands print is a projection of these events.',
    '',
    '```bash',
    'agentpool events --session @last        # one line per event',
    'agentpool events --follow --json        # NDJSON, as events happen',
    'agentpool replay @last                  # the history of a worker',
    '```',
    '',
    'Readers report an unknown type or version by name and skip it; the event stays in the log. When the data of a type changes, the type gets a new version, and an upcaster converts older events when they are read; the stored bytes stay the same. All text is redacted before it is appended.',
    '',
    '## Fields of every event',
    '',
    ...table(ENVELOPE),
    '',
    '## States',
    '',
    `A worker is ${workerStates.map((state) => `\`${state}\``).join(', ')}. Every event that can change the state holds the state that follows.`,
    '',
    ...section('Worker events', 'Streams `worker/<session id>`.', workerEvents),
    ...section(
      'Run events',
      'Streams `worker/<session id>`: a worker that goes on in another process.',
      runEvents,
    ),
    ...section(
      'Parking events',
      'Streams `worker/<session id>`: a worker that waits for a limit to reset.',
      parkingEvents,
    ),
    ...section(
      'Handover events',
      'Streams `worker/<session id>`, of the old worker and of its successor.',
      handoverEvents,
    ),
    ...section(
      'Queue events',
      'Streams `worker/<session id>`: a request that waits for its start.',
      queueEvents,
    ),
    ...section(
      'Leftover events',
      'Streams `worker/<session id>`: what became of what a worker has left on the disk.',
      leftoverEvents,
    ),
    ...section('Lease events', 'Streams `leases/<repository>`.', leaseEvents),
    ...section('Usage events', 'Streams `usage/<provider>`.', usageEvents),
    ...section('Provider events', 'Streams `provider/<provider>`.', providerEvents),
    ...section(
      'Watcher events',
      'Stream `watcher`: one background process per AGENTPOOL_HOME.',
      watcherEvents,
    ),
    ...section(
      'Fleet events',
      'Stream `fleet`: whether this AGENTPOOL_HOME shares its log with other machines.',
      fleetEvents,
    ),
    ...section(
      'Steering events',
      'Streams `steering/<request id>`: what one machine of a fleet asks of another, in the log of either.',
      steeringEvents,
    ),
  ]
    .join('\n')
    .trimEnd()}\n`;
}

function section(title: string, where: string, events: Record<string, EventDefinition>): string[] {
  const types = Object.entries(events).flatMap(([type, { version, description, data }]) => [
    `### ${type}`,
    '',
    `${description} Version ${version}.`,
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
