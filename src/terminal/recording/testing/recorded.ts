import type { Picture, Piece } from '../format.ts';
import { blankPicture, withFrame } from '../frames.ts';
import { type RecordingOptions, RecordingWriter } from '../writer.ts';

/** A writer for a test: it may take 1 GB, and a failure ends the test, unless the test says otherwise. */
export const writerIn = (folder: string, options: Partial<RecordingOptions> = {}): RecordingWriter =>
  new RecordingWriter({
    folder,
    sessionId: 'ap_test',
    run: 1,
    mostBytes: () => 1e9,
    mayWrite: () => true,
    now: Date.now,
    onFault: (error) => {
      if (error !== null) throw error;
    },
    ...options,
  });

/** A screen with these lines. */
export const pictureWith = (...lines: string[]): Picture => ({
  cols: 80,
  rows: Array.from({ length: 24 }, (_, index) => ({ text: lines[index] ?? '', runs: [] })),
  cursor: null,
});

/** What a piece shows, frame by frame. */
export function shownBy({ head, frames }: Piece): Picture[] {
  let picture = blankPicture(head.cols, head.rows);
  return frames.map((frame) => {
    picture = withFrame(picture, frame);
    return picture;
  });
}

/** The lines of a picture that are not blank. */
export const linesOf = (picture: Picture | null | undefined): string[] =>
  picture?.rows.map(({ text }) => text).filter((text) => text !== '') ?? [];
