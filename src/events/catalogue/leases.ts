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
  'Grows with every grant in a repository: a holder with a smaller number has been superseded.',
);

/** Events of the streams `leases/<repository>`. */
export const leaseEvents = {
  'lease.acquired': define(
    1,
    'A session was granted a lease on a path.',
    Type.Object({
      session_id: text,
      repo_path: text,
      path: noted(text, 'Canonical and relative to the repository; empty for the whole repository.'),
      mode: oneOf(leaseModes),
      fence,
      expires_at: nullable(text),
    }),
  ),
  'lease.upgraded': define(
    1,
    'A read lease became a write lease.',
    Type.Object({ lease_id: leaseId, fence, expires_at: nullable(text) }),
  ),
  'lease.renewed': define(
    1,
    'The holder renewed its lease.',
    Type.Object({ lease_id: leaseId, expires_at: nullable(text) }),
  ),
  'lease.released': define(1, 'A lease was released.', Type.Object({ lease_id: leaseId, reason: text })),
  'lease.expired': define(1, 'A lease expired.', Type.Object({ lease_id: leaseId })),
};
