import { readState } from './state.ts';
import { readTranscript } from './transcript.ts';

/** A moment of a transcript: its settled part, and the lines of the screen below it, which may still change. */
export interface TranscriptMoment {
  settledBytes: number;
  tail: readonly string[];
}

/** The most that a screen, or what a worker prints in a turn, is read of: the rest is in the transcript. */
const MAX_BYTES = 256 * 1024;

export function transcriptNow(path: string): TranscriptMoment {
  const settledBytes = readState(path)?.settledBytes ?? 0;
  return { settledBytes, tail: linesFrom(path, settledBytes) };
}

/**
 * The lines that were printed after a moment, the first 256 KiB of them. The screen as it was then is left out line by
 * line: what has not changed on it is no news.
 */
export function linesSince(path: string, { settledBytes, tail }: TranscriptMoment): string[] {
  const old = new Map<string, number>();
  for (const line of tail) old.set(line, (old.get(line) ?? 0) + 1);
  return linesFrom(path, settledBytes).filter((line) => {
    const left = old.get(line) ?? 0;
    if (left > 0) old.set(line, left - 1);
    return left === 0;
  });
}

function linesFrom(path: string, offset: number): string[] {
  const lines = readTranscript(path, { offset, limit: MAX_BYTES }).text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
