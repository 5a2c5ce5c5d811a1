import { createHash } from 'node:crypto';

/** Enough to distinguish the accounts of one person, and nothing that could be traced back to one. */
export const accountHash = (kind: 'id' | 'folder', value: string): string =>
  createHash('sha256').update(`${kind}\0${value}`).digest('hex').slice(0, 16);
