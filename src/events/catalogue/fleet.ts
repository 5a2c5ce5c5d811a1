import Type from 'typebox';
import { noted, oneOf, text } from '../../lib/shapes.ts';
import { define } from './definition.ts';
import { sharedArtifacts } from './words.ts';

const machineId = noted(text, 'A UUID: the log of this AGENTPOOL_HOME among those of the fleet.');

/** Events of the stream `fleet`: what this AGENTPOOL_HOME shares with other machines. */
export const fleetEvents = {
  'fleet.joined': define(
    1,
    'This machine became part of a fleet, or its name or the address of the database changed.',
    Type.Object({
      fleet_id: noted(text, 'A UUID that the database of the fleet has had since it was set up.'),
      machine_id: machineId,
      name: text,
      address: noted(text, 'The URL of the database, without a password.'),
    }),
  ),
  'fleet.left': define(
    1,
    'This machine is no longer part of the fleet; what it has shared stays there.',
    Type.Object({ machine_id: machineId }),
  ),
  'fleet.artifact_shared': define(
    1,
    'A person put a file of a worker into the database of the fleet.',
    Type.Object({
      session_id: text,
      kind: oneOf(sharedArtifacts),
      sha256: noted(text, 'Of the file, in hex: the name under which it is there.'),
      bytes: Type.Integer({ minimum: 0 }),
    }),
  ),
};
