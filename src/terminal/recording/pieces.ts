import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A file of a recording. */
export interface PieceFile {
  number: number;
  path: string;
  /** Whether it is compressed: no more is written to it. */
  isPacked: boolean;
  bytes: number;
}

const NAME = /^(\d{4,9})\.ndjson(\.gz)?$/;

export const openPiecePath = (folder: string, number: number): string =>
  join(folder, `${String(number).padStart(4, '0')}.ndjson`);

export const packedPath = (openPath: string): string => `${openPath}.gz`;

/** The files of a recording, the oldest first; none where there is no recording. */
export function pieceFiles(folder: string): PieceFile[] {
  return allFiles(folder)
    .filter((file, _, all) => file.isPacked || !all.some((other) => isPackedOf(other, file)))
    .sort((a, b) => a.number - b.number);
}

/** The path of the newest piece that is still written to; null where there is none. */
export function openPieceIn(folder: string): string | null {
  const numbers = namesIn(folder).flatMap((name) => {
    const [, number, packed] = NAME.exec(name) ?? [];
    return number !== undefined && packed === undefined ? [Number(number)] : [];
  });
  return numbers.length === 0 ? null : openPiecePath(folder, Math.max(...numbers));
}

/** Files whose compressed piece is complete: a process was killed before it removed them. */
export const leftovers = (folder: string): PieceFile[] =>
  allFiles(folder).filter((file, _, all) => !file.isPacked && all.some((other) => isPackedOf(other, file)));

const isPackedOf = (packed: PieceFile, open: PieceFile): boolean =>
  packed.isPacked && packed.number === open.number;

function allFiles(folder: string): PieceFile[] {
  return namesIn(folder).flatMap((name) => {
    const [, number, packed] = NAME.exec(name) ?? [];
    if (number === undefined) return [];
    const path = join(folder, name);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat?.isFile()) return [];
    return [{ number: Number(number), path, isPacked: packed !== undefined, bytes: stat.size }];
  });
}

/** What a killed process left of a compressed piece. */
export const draftsIn = (folder: string): string[] =>
  namesIn(folder)
    .filter((name) => name.endsWith('.gz.tmp'))
    .map((name) => join(folder, name));

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** How many bytes a recording takes on the disk; null where there is none. */
export function recordingBytes(folder: string): number | null {
  const files = pieceFiles(folder);
  return files.length === 0 ? null : files.reduce((sum, { bytes }) => sum + bytes, 0);
}
