import Type, { type Static } from 'typebox';
import { count, keyed, list, noted, nullable, oneOf, text } from '../../lib/shapes.ts';

/** A place where the ledger and the code disagree. */
export const Divergence = Type.Object(
  {
    where: noted(
      oneOf(['log', 'machine', 'table']),
      "What disagrees: the log itself, the worker's machine, or a table.",
    ),
    message: noted(text, 'In plain words, one line.'),
    expected: Type.Unknown(),
    actual: Type.Unknown(),
    event: nullable(Type.Object({ id: text, position: count, type: text, stream: text })),
  },
  { title: 'Divergence' },
);
export type Divergence = Static<typeof Divergence>;

export const VerificationCounts = Type.Object({
  workers: count,
  events: count,
  unreadable: noted(keyed(count), 'Events of an unknown type or version, by name. They are skipped.'),
});
export type VerificationCounts = Static<typeof VerificationCounts>;

export const Verification = Type.Object({
  ...VerificationCounts.properties,
  ok: Type.Boolean(),
  chain_pieces: Type.Optional(
    noted(
      nullable(count),
      'In how many pieces the hash chain of these events holds: 1 if nothing can have been changed or removed between them; null where they have no hashes.',
    ),
  ),
  divergences: noted(list(Divergence), 'Where the machines or the tables disagree with the log.'),
});
export type Verification = Static<typeof Verification>;
