import { closeSync, existsSync, openSync, readSync } from 'node:fs';

/** How a write-ahead log begins, in either order of bytes. */
const BEGINS = [0x377f0682, 0x377f0683];

/**
 * Whether the write-ahead log of a database has a whole beginning, if there is one. SQLite takes one that is damaged for
 * an empty log and overwrites it: what was appended last would be gone without a word.
 */
export function isLogUsable(file: string): boolean {
  const log = `${file}-wal`;
  if (!existsSync(log)) return true;
  const header = Buffer.alloc(32);
  const descriptor = openSync(log, 'r');
  try {
    if (readSync(descriptor, header, 0, 32, 0) < 32) return true;
  } finally {
    closeSync(descriptor);
  }
  return BEGINS.includes(header.readUInt32BE(0));
}
