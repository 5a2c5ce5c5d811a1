import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { constants, gunzip, type ZlibOptions } from 'node:zlib';
import type { Picture, Piece } from './format.ts';
import { blankPicture, withFrame } from './frames.ts';
import { pieceIn } from './lines.ts';
import { type PieceFile, packedPath, pieceFiles } from './pieces.ts';

const expand = promisify(gunzip);

/** Bytes. A piece is about 4 MB; a hostile one could grow without end. */
const MOST_OF_A_PIECE = 64 * 1024 * 1024;
/** Bytes. A string cannot hold much more. */
const MOST_OF_A_TEXT = 256 * 1024 * 1024;

/** Called with how many pieces of a recording are missing in its middle or damaged, if there are any. */
type OnLost = (pieces: number) => void;

/**
 * The pieces of a recording in order, one in memory at a time; none where there is no recording. Never throws because of
 * what is in a file: what cannot be read is left out, and so is the end of a line that is still being written.
 */
export async function* recordingPieces(folder: string, onLost?: OnLost): AsyncGenerator<Piece> {
  const files = pieceFiles(folder);
  let lost = missingIn(files);
  for (const file of files) {
    const read = await contentOf(file);
    const piece = pieceIn(read.text);
    if (isDamaged(file, piece, read)) lost++;
    if (piece) yield piece;
  }
  if (lost > 0) onLost?.(lost);
}

/** Numbers without a file, after the oldest piece: only the oldest are ever removed. */
const missingIn = (files: readonly PieceFile[]): number =>
  files.length === 0 ? 0 : (files.at(-1)?.number ?? 0) - (files[0]?.number ?? 0) + 1 - files.length;

/** Not one in which nothing is yet, or whose process was killed before it wrote the first line. */
const isDamaged = ({ isPacked }: PieceFile, piece: Piece | null, { text, isWhole }: Content): boolean =>
  !isWhole || (!piece && (isPacked || text.includes('\n') || !/^(?:\{|$)/.test(text)) && text !== '');

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
export async function recordingText(
  folder: string,
  most = MOST_OF_A_TEXT,
  onLost?: OnLost,
): Promise<string | null> {
  const texts: string[] = [];
  let left = most;
  const files = pieceFiles(folder);
  let lost = missingIn(files);
  for (const file of files.reverse()) {
    const read = await contentOf(file);
    const piece = pieceIn(read.text);
    if (isDamaged(file, piece, read)) lost++;
    if (!piece) continue;
    const text = [piece.head, ...piece.frames].map((each) => `${JSON.stringify(each)}\n`).join('');
    left -= text.length;
    if (left < 0 && texts.length > 0) break;
    texts.unshift(text);
  }
  if (lost > 0) onLost?.(lost);
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

interface Content {
  text: string;
  /** False for a compressed file that was cut, of which the text has the beginning, or that is none. */
  isWhole: boolean;
}

const textOf = async (file: PieceFile): Promise<string> => (await contentOf(file)).text;

async function contentOf({ path, isPacked }: PieceFile): Promise<Content> {
  const bytes = readIfThere(path);
  // Compressed since it was listed.
  if (!bytes && !isPacked) return contentOf({ number: 0, path: packedPath(path), isPacked: true, bytes: 0 });
  if (!isPacked) return { text: textIn(bytes), isWhole: true };
  const limit = { maxOutputLength: MOST_OF_A_PIECE };
  const unpacked = (options: ZlibOptions) => expand(bytes ?? '', options).catch(() => null);
  const whole = await unpacked(limit);
  if (whole) return { text: textIn(whole), isWhole: true };
  return { text: textIn(await unpacked({ ...limit, finishFlush: constants.Z_SYNC_FLUSH })), isWhole: false };
}

const textIn = (bytes: Buffer | null): string => bytes?.subarray(0, MOST_OF_A_PIECE).toString('utf8') ?? '';

function readIfThere(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}
