import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Picture, Piece } from './format.ts';
import { blankPicture, withFrame } from './frames.ts';
import { pieceIn } from './lines.ts';
import { type PieceFile, packedPath, pieceFiles } from './pieces.ts';

const expand = promisify(gunzip);

/** Bytes. A piece is about 4 MB; a hostile one could grow without end. */
const MOST_OF_A_PIECE = 64 * 1024 * 1024;
/** Bytes. A string cannot hold much more. */
const MOST_OF_A_TEXT = 256 * 1024 * 1024;

/**
 * The pieces of a recording in order, one in memory at a time; none where there is no recording. Never throws because of
 * what is in a file: what cannot be read is left out, and so is the end of a line that is still being written.
 */
export async function* recordingPieces(folder: string): AsyncGenerator<Piece> {
  for (const file of pieceFiles(folder)) {
    const piece = pieceIn(await textOf(file));
    if (piece) yield piece;
  }
}

/** The pieces at once, the oldest first; of a recording longer than `most` characters, the newest. */
export async function readRecording(folder: string, most = Number.POSITIVE_INFINITY): Promise<Piece[]> {
  const pieces: Piece[] = [];
  let left = most;
  for (const file of pieceFiles(folder).reverse()) {
    const text = await textOf(file);
    left -= text.length;
    if (left < 0 && pieces.length > 0) break;
    const piece = pieceIn(text);
    if (piece) pieces.unshift(piece);
  }
  return pieces;
}

/**
 * The recording as one text of lines; null where there is none. Only lines that are valid are in it. Of a recording that
 * is longer than `most` characters, the oldest pieces are left out.
 */
export async function recordingText(folder: string, most = MOST_OF_A_TEXT): Promise<string | null> {
  const texts: string[] = [];
  let left = most;
  for (const file of pieceFiles(folder).reverse()) {
    const piece = pieceIn(await textOf(file));
    if (!piece) continue;
    const text = [piece.head, ...piece.frames].map((each) => `${JSON.stringify(each)}\n`).join('');
    left -= text.length;
    if (left < 0 && texts.length > 0) break;
    texts.unshift(text);
  }
  return texts.length > 0 ? texts.join('') : null;
}

/** What the screen showed last; null where there is no recording. */
export async function lastPicture(folder: string): Promise<Picture | null> {
  for (const file of pieceFiles(folder).reverse()) {
    const piece = pieceIn(await textOf(file));
    if (!piece || piece.frames.length === 0) continue;
    return piece.frames.reduce(withFrame, blankPicture(piece.head.cols, piece.head.rows));
  }
  return null;
}

async function textOf({ path, isPacked }: PieceFile): Promise<string> {
  const bytes = readIfThere(path);
  // Compressed since it was listed.
  if (!bytes && !isPacked) return textOf({ number: 0, path: packedPath(path), isPacked: true, bytes: 0 });
  try {
    const plain = isPacked ? await expand(bytes ?? '', { maxOutputLength: MOST_OF_A_PIECE }) : bytes;
    return plain?.subarray(0, MOST_OF_A_PIECE).toString('utf8') ?? '';
  } catch {
    return '';
  }
}

function readIfThere(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}
