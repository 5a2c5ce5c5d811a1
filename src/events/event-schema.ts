import Type, { type TSchema } from 'typebox';
import { count, facts, instant, noted, nullable, text } from '../lib/shapes.ts';
import type { EventDefinition } from './catalogue/definition.ts';
import { catalogue, type LedgerEvent, type UnreadableEvent } from './catalogue/index.ts';

const envelope = {
  position: noted(count, 'Global, without gaps, from 1.'),
  event_id: text,
  stream_id: noted(text, '`worker/<session id>`, `leases/<repository>`, `usage/<provider>`, `watcher`.'),
  stream_version: noted(count, 'Position within its stream, without gaps, from 1.'),
  occurred_at: noted(instant, 'When it happened, by the clock of the observing process.'),
  recorded_at: noted(instant, 'When it was appended.'),
  command_id: nullable(text),
  causation_id: nullable(text),
  correlation_id: nullable(text),
  actor: noted(text, 'Who appended it: cli, mcp, watcher, ...'),
  metadata: facts,
  hash: Type.Optional(noted(text, 'In `agentpool events --json`: its link of the hash chain, in hex.')),
};

const types: TSchema[] = Object.entries(catalogue as Record<string, EventDefinition>).map(
  ([type, { version, description, data }]) =>
    Type.Object(
      { ...envelope, type: Type.Literal(type), schema_version: Type.Literal(version), data },
      { title: type, description },
    ),
);

/** Every event that this code knows, in its current version: the catalogue with the envelope around it. */
export const Event = Type.Unsafe<LedgerEvent & { hash?: string }>({
  title: 'Event',
  description: 'Something that happened; docs/events.md describes each type.',
  anyOf: types,
});

export const Unreadable = Type.Unsafe<UnreadableEvent>(
  Type.Object(
    { position: count, type: text, schema_version: count, reason: text },
    {
      title: 'UnreadableEvent',
      description:
        'An event that this version cannot read. Readers report it by name and skip it; it stays in the log.',
    },
  ),
);
