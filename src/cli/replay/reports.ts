import Type, { type Static } from 'typebox';
import { WorkerState } from '../../events/catalogue/worker-shapes.ts';
import { Event, Unreadable } from '../../events/event-schema.ts';
import { count, list, noted, nullable, text } from '../../lib/shapes.ts';
import { Divergence, Verification } from '../../projections/replay/check-schema.ts';
import { Then } from '../../projections/replay/history.ts';
import { Session } from '../../projections/sessions/schema.ts';
import { WrittenReplay } from '../../report/replay/written/schema.ts';

const HostStep = Type.Object(
  {
    signal: noted(
      nullable(Type.Object({ type: text, outcome: Type.Optional(text) })),
      'The input of the state machine; null where the event is no input to it.',
    ),
    before: nullable(WorkerState),
    after: nullable(WorkerState),
    since_start_ms: Type.Number(),
    since_previous_ms: Type.Number(),
    divergence: nullable(Divergence),
    description: noted(text, 'What the event was, in a sentence.'),
    evidence: noted(list(text), "The worker's or our own words that show it: untrusted."),
    event: Event,
  },
  { title: 'ToldStep', description: 'One event, and what the code makes of it today.' },
);

const HostHistory = Type.Object(
  { session_id: text, events: list(HostStep), unreadable: list(Unreadable) },
  { title: 'ToldHistory' },
);

const HostStateAt = Type.Object(
  { session: Session, ...Then.properties },
  { title: 'ToldThen', description: 'With `--at`: the worker as it was then.' },
);

const HostVerification = Type.Object(
  {
    of: noted(text, 'The session, `the ledger` or `the file`.'),
    ...Verification.properties,
    last_position: Type.Optional(noted(count, 'Of the whole ledger.')),
    head: Type.Optional(noted(text, 'The hash of the last event of the whole ledger.')),
  },
  { title: 'ToldProof', description: 'With `--verify`. The exit code is 1 where anything diverges.' },
);

export const ReplayReport = Type.Union([HostHistory, HostStateAt, HostVerification, WrittenReplay], {
  description: "A worker's history, event by event; with `--at`, `--verify` or `--html` what these report.",
});
export type ReplayReport = Static<typeof ReplayReport>;
