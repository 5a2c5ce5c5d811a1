import Type, { type Static } from 'typebox';
import { count, noted, nullable, oneOf, text } from '../../lib/shapes.ts';
import { isolations, limitActions, parkReasons, promptModes, workerStates } from './words.ts';

/** The shapes that several events of a worker share. */
export const WorkerState = oneOf(workerStates);
export type WorkerState = Static<typeof WorkerState>;
export const Isolation = oneOf(isolations);
export type Isolation = Static<typeof Isolation>;
export const PromptMode = oneOf(promptModes);
export type PromptMode = Static<typeof PromptMode>;

export const state = noted(
  WorkerState,
  'The state after the event. Projections copy it, replay verifies it.',
);

export const processIdentity = noted(
  Type.Object({ pid: Type.Integer(), started: text }),
  'Identifies a process even after the system has reused its pid.',
);

/** A provider that the caller has named, with what it is to use there. */
export const NamedProvider = Type.Object({
  provider_id: text,
  model: nullable(text),
  account: nullable(text),
});
export type NamedProvider = Static<typeof NamedProvider>;

export const OnLimit = Type.Object({
  action: oneOf(limitActions),
  fallbacks: noted(
    Type.Array(NamedProvider),
    "In the caller's order: the work is handed over to the first that has headroom. Empty unless the action is hand_over.",
  ),
  wait_at_most_seconds: noted(nullable(count), 'How long the worker may wait for resets in all.'),
});
export type OnLimit = Static<typeof OnLimit>;

/** A provider that was considered, and why it was not taken. */
export const TriedProvider = Type.Object({
  provider_id: text,
  model: nullable(text),
  account: nullable(text),
  reason: text,
});
export type TriedProvider = Static<typeof TriedProvider>;

export const AwaitedLimit = Type.Object(
  {
    because: oneOf(parkReasons),
    until: noted(nullable(text), 'When the limit resets; null if that is not known.'),
    window: nullable(text),
    known_from: text,
    tried: Type.Array(TriedProvider),
  },
  {
    title: 'AwaitedLimit',
    description:
      'The limit that a worker still waits for: it is parked again, and gets no text before the reset.',
  },
);
export type AwaitedLimit = Static<typeof AwaitedLimit>;
