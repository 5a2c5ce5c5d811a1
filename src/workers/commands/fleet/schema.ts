import Type, { type Static } from 'typebox';
import { sharedArtifacts } from '../../../events/catalogue/words.ts';
import { count, flag, instant, list, noted, nullable, oneOf, text } from '../../../lib/shapes.ts';

export const FleetInit = Type.Object(
  {
    address: noted(text, 'The URL of the database, without a password.'),
    fleet_id: text,
    format: count,
    created: noted(flag, 'False if the tables were there.'),
    migrated_from: noted(nullable(count), 'The format that they had before; null if they were not changed.'),
    members: noted(list(text), 'The users of the database who may join from now on.'),
    next_command: text,
  },
  { description: 'The fleet tables of a database.' },
);
export type FleetInit = Static<typeof FleetInit>;

export const FleetJoin = Type.Object(
  {
    name: text,
    machine_id: text,
    fleet_id: text,
    address: noted(text, 'The URL of the database, without a password.'),
    changed: noted(flag, 'False if the machine was part of it already, under this name and address.'),
    needs_password_file: noted(
      flag,
      'Whether the password was typed: the watcher finds it only in PGPASSWORD or a password file.',
    ),
  },
  { description: 'The place of this machine in its fleet.' },
);
export type FleetJoin = Static<typeof FleetJoin>;

export const FleetLeave = Type.Object(
  {
    name: text,
    machine_id: text,
    address: text,
    recorded_there: noted(flag, 'False if the database could not be reached: it still lists the machine.'),
  },
  { description: 'The place that this machine had in its fleet.' },
);
export type FleetLeave = Static<typeof FleetLeave>;

export const FleetMachine = Type.Object(
  {
    name: text,
    machine_id: text,
    this_machine: flag,
    version: noted(text, 'Of its AgentPool.'),
    last_seen: noted(instant, 'By the clock of this machine: the age is that of the database.'),
    last_seen_ms_ago: count,
    clock_ahead_ms: noted(Type.Integer(), 'How far its clock is ahead of that of the database.'),
    position: noted(count, 'The end of its log in the database.'),
    position_here: noted(count, 'The end of its log on this machine.'),
    lag: noted(count, 'The events still to be fetched; for this machine, those still to be shared.'),
    has_left: flag,
    fault: noted(nullable(text), 'Why its log cannot be fetched.'),
  },
  { title: 'FleetMachine' },
);
export type FleetMachine = Static<typeof FleetMachine>;

export const FleetLink = Type.Object(
  {
    state: noted(
      oneOf(['connected', 'waiting', 'stopped', 'off']),
      '`waiting`: it is tried again; `stopped`: a person has to do something first; `off`: no watcher runs.',
    ),
    since: nullable(instant),
    listens: noted(flag, 'Whether the database reports new events; else it is asked every second.'),
    error: nullable(Type.Object({ code: text, message: text })),
  },
  { title: 'FleetLink', description: 'The connection of the watcher to the database.' },
);
export type FleetLink = Static<typeof FleetLink>;

export const FleetStatus = Type.Object(
  {
    name: text,
    machine_id: text,
    fleet_id: text,
    address: text,
    link: FleetLink,
    asked_at: noted(nullable(instant), 'When the database was asked; null if it never answered.'),
    database_error: noted(
      nullable(Type.Object({ code: text, message: text })),
      'Why the database could not be asked now: the list is what was last known.',
    ),
    machines: list(FleetMachine),
  },
  { description: 'The fleet of this machine: who is part of it, and how far each log has come.' },
);
export type FleetStatus = Static<typeof FleetStatus>;

export const FleetMachines = Type.Object(
  { machines: list(FleetMachine) },
  { description: 'The machines of the fleet.' },
);
export type FleetMachines = Static<typeof FleetMachines>;

const artifact = {
  session_id: text,
  kind: oneOf(sharedArtifacts),
  sha256: text,
  bytes: count,
};

export const FleetShare = Type.Object(
  { shared: list(Type.Object(artifact)) },
  { description: 'The files of a worker that other machines can fetch from now on.' },
);
export type FleetShare = Static<typeof FleetShare>;

export const FleetFetch = Type.Object(
  { ...artifact, machine: noted(text, 'The machine that has shared it.'), file: text },
  { description: 'A file of a worker of another machine, verified by its hash.' },
);
export type FleetFetch = Static<typeof FleetFetch>;
