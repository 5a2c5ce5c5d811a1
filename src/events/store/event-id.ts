/**
 * The id of the event at a position: a UUID of version 8 whose last 48 bits are the position, and the others those of
 * a random UUID. No two events of a ledger can share it, so that no index has to say so; the schema checks that it
 * fits. An event that another ledger or an earlier release has given an id keeps that.
 */
export const eventIdAt = (position: number, uuid: string): string =>
  `${uuid.slice(0, 14)}8${uuid.slice(15, 24)}${position.toString(16).padStart(12, '0')}`;
