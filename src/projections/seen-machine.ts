import Type, { type Static } from 'typebox';
import { count, flag, instant, noted, nullable, text } from '../lib/shapes.ts';

/** A machine of the fleet in an answer that holds what is known of several. */
export const SeenMachine = Type.Object(
  {
    name: text,
    machine_id: text,
    this_machine: flag,
    last_seen: noted(nullable(instant), 'By the clock of this machine; null if that is not known.'),
    last_seen_ms_ago: nullable(count),
    lag: noted(count, 'The events of it that the fleet has and that are not here yet.'),
    has_left: noted(flag, 'It is no longer part of the fleet: what is here of it stays as it is.'),
    fault: noted(nullable(text), 'Why what is here of it cannot be read, or is not added to.'),
  },
  { title: 'SeenMachine', description: 'A machine of the fleet, and how old what is known of it is.' },
);
export type SeenMachine = Static<typeof SeenMachine>;
