import Type from 'typebox';
import { noted, nullable, oneOf, text } from '../../lib/shapes.ts';
import { define } from './definition.ts';
import { leaseModes } from './words.ts';

const leaseId = noted(
  Type.Integer({ minimum: 1 }),
  'The position of the event that granted the lease: unique in the whole ledger.',
);
const fence = noted(
  Type.Integer({ minimum: 1 }),
  'Grows with every grant in a repository: whoever holds a smaller number has been superseded.',
);

/** Events of the streams `leases/<repository>`. */
export const leaseEvents = {
  'lease.acquired': define(
    1,
    'A session may use a path.',
    Type.Object({
      session_id: text,
      repo_path: text,
      path: noted(text, 'Relative to the repository, canonical; empty is the whole of it.'),
      mode: oneOf(leaseModes),
      fence,
      expires_at: nullable(text),
    }),
  ),
  'lease.upgraded': define(
    1,
    'A reader became the writer.',
    Type.Object({ lease_id: leaseId, fence, expires_at: nullable(text) }),
  ),
  'lease.renewed': define(
    1,
    'A lease was asked for again by its holder.',
    Type.Object({ lease_id: leaseId, expires_at: nullable(text) }),
  ),
  'lease.released': define(1, 'A lease was given back.', Type.Object({ lease_id: leaseId, reason: text })),
  'lease.expired': define(1, "A lease's time had passed.", Type.Object({ lease_id: leaseId })),
};
