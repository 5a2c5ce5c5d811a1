import { calls } from './calls.ts';
import type { ErrorEntries, ErrorEntry, ErrorKind } from './entry.ts';
import { fleet } from './fleet.ts';
import { hosts } from './hosts.ts';
import { ledger } from './ledger.ts';
import { places } from './places.ts';
import { starts } from './starts.ts';
import { workers } from './workers.ts';

/** Every error code. An error with a code that has no entry here does not compile. */
export type ErrorCode = keyof typeof all;

const all = { ...calls, ...workers, ...starts, ...places, ...ledger, ...hosts, ...fleet };

/** What each code means, and how to fix it. */
export const errorCodes: Readonly<Record<ErrorCode, ErrorEntry>> = all;

export const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(all, code);

/** The kind of a code: every error of one code gives the same exit status. */
export const errorKind = (code: ErrorCode): ErrorKind => all[code].kind;

/** The same entries by topic, in the order of the documentation. */
export const errorChapters: readonly (readonly [title: string, entries: ErrorEntries])[] = [
  ['Command line', calls],
  ['Workers', { ...workers, ...starts }],
  ['Folders, files and settings', places],
  ['Ledger', ledger],
  ['MCP hosts', hosts],
  ['Several machines', fleet],
];
