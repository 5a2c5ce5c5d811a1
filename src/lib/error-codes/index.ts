import { calls } from './calls.ts';
import type { ErrorEntries, ErrorEntry, ErrorKind } from './entry.ts';
import { hosts } from './hosts.ts';
import { ledger } from './ledger.ts';
import { places } from './places.ts';
import { workers } from './workers.ts';

/** Every code that an error can have. One that is missing here does not compile: it needs an entry first. */
export type ErrorCode = keyof typeof all;

const all = { ...calls, ...workers, ...places, ...ledger, ...hosts };

/** What each code means, and what to do. */
export const errorCodes: Readonly<Record<ErrorCode, ErrorEntry>> = all;

/** The kind of a code: every error of one code gives the same exit status. */
export const errorKind = (code: ErrorCode): ErrorKind => all[code].kind;

/** The same by topic, in the order of the documentation. */
export const errorChapters: readonly (readonly [title: string, entries: ErrorEntries])[] = [
  ['The words of a call', calls],
  ['Workers', workers],
  ['Folders, files and settings', places],
  ['The ledger', ledger],
  ['Hosts that speak MCP', hosts],
];
