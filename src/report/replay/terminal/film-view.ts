import { stripControl } from '../../../lib/text/plain-text.ts';
import type { Picture, RunTuple } from '../../../terminal/recording/format.ts';
import { stateSigns } from '../../text/state-signs.ts';
import type { Film } from './film.ts';
import { rowAnsi } from './row-ansi.ts';

/** Where a film is. */
export interface Showing {
  /** Milliseconds of the film. */
  at: number;
  speed: number;
  isPlaying: boolean;
}

export interface Place {
  cols: number;
  rows: number;
  hasColor: boolean;
}

const KEYS = 'space pause · ←→ 5 s · ↑↓ speed · n p event · q quit';

/** The lines of a terminal that shows a film: the screen, cut where the terminal is smaller, and two lines beneath. */
export function filmLines(film: Film, showing: Showing, { cols, rows, hasColor }: Place): string[] {
  const picture = film.pictureAt(showing.at);
  const height = Math.max(0, rows - 2);
  const first = firstRow(picture, height);
  const screen = Array.from({ length: height }, (_, index) => {
    const row = picture.rows[first + index];
    return row
      ? rowAnsi({ text: row.text, runs: hasColor ? row.runs : [] }, Math.min(cols, picture.cols))
      : '';
  });
  return [...screen, eventLine(film, showing.at, cols), bar(film, showing, cols)].slice(-rows);
}

/** The first row that is shown: of a screen that is too high, the part that was written last is at its end. */
const firstRow = ({ rows }: Picture, height: number): number =>
  Math.max(0, rows.findLastIndex(({ text }) => text !== '') + 1 - height);

function eventLine(film: Film, at: number, cols: number): string {
  const mark = film.markAt(at);
  const time = clock(film.timeAt(at));
  if (!mark) return plain(time, cols);
  const sign = mark.state === null ? '' : ` ${stateSigns[mark.state]?.[0] ?? ''} ${mark.state}`;
  return plain(`${time} ${sign}  ${stripControl(mark.text).replace(/\s+/g, ' ')}`, cols);
}

function bar(film: Film, { at, speed, isPlaying }: Showing, cols: number): string {
  const isOver = at >= film.length;
  const sign = isOver ? 'end' : isPlaying ? '▶' : '‖';
  const text = ` ${sign} ${minutes(at)} / ${minutes(film.length)}  ${speed}×  ${KEYS}`;
  const inverse: RunTuple[] = [[0, cols, 8, null, null]];
  return rowAnsi({ text, runs: inverse }, cols);
}

const plain = (text: string, cols: number): string => rowAnsi({ text, runs: [] }, cols);

const clock = (time: number): string => new Date(time).toLocaleTimeString('en-GB', { hour12: false });

/** 4:05, 1:04:05 */
function minutes(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const [hours, rest] = [Math.floor(seconds / 3600), seconds % 3600];
  const two = (number: number) => String(number).padStart(2, '0');
  const short = `${Math.floor(rest / 60)}:${two(rest % 60)}`;
  return hours === 0 ? short : `${hours}:${short.padStart(5, '0')}`;
}
