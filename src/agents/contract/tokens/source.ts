import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import type { Unpack } from './use.ts';

/** The bytes of a log. */
export interface LogBytes {
  size: number;
  /** Fills the buffer from a position on; returns how many bytes there were. */
  read(into: Buffer, position: number): number;
  close(): void;
}

/** Closes it in the end. */
export function using<T>(source: LogBytes, work: (source: LogBytes) => T): T {
  try {
    return work(source);
  } finally {
    source.close();
  }
}

export function fileSource(path: string): LogBytes {
  const file = openSync(path, 'r');
  return {
    size: fstatSync(file).size,
    read: (into, position) => readSync(file, into, 0, into.length, position),
    close: () => closeSync(file),
  };
}

export const bytesSource = (bytes: Uint8Array): LogBytes => ({
  size: bytes.length,
  read: (into, position) => {
    const part = bytes.subarray(position, position + into.length);
    into.set(part);
    return part.length;
  },
  close: () => {},
});

/** A compressed log can only be read as a whole. */
const MOST_PACKED = 64 << 20;

/** @throws for one that is too large, or damaged */
export function unpacked(path: string, unpack: Unpack): Uint8Array {
  if (statSync(path).size > MOST_PACKED) throw new Error('is compressed and over 64 MiB');
  return unpack(readFileSync(path));
}
