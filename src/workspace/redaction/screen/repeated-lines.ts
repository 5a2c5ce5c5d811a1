import { type Range, ScannedText } from '../redaction.ts';
import { firstOpenRow } from '../scanning/scan.ts';

/** Fewer lines more that stay are not read apart: each reading costs something whatever its length. */
const WORTH_LINES = 4;

/**
 * What is secret in a text that is read again and again and changes at its end, as a screen does. The lines at its start
 * that stayed the same, and that no later line can change, are not read again.
 */
export class RepeatedLines {
  #last: readonly string[] = [];
  /** The lines that say how many are settled: with others below them, what is above may be read in another way. */
  #basis: readonly string[] = [];
  #settled = 0;
  /** The characters of the settled lines, with their line ends. */
  #settledLength = 0;
  #ranges: readonly Range[] = [];

  /** As `rangesIn` of the lines as one text. */
  in(lines: readonly string[]): Range[] {
    if (sameLines(this.#basis, lines) < this.#basis.length) this.#forget();
    const same = sameLines(this.#last, lines);
    if (same >= this.#basis.length + WORTH_LINES) this.#settle(lines.slice(0, same));
    this.#last = lines;
    return [...this.#ranges, ...this.#moved(this.#read(lines).ranges())];
  }

  #forget(): void {
    this.#basis = [];
    this.#settled = 0;
    this.#settledLength = 0;
    this.#ranges = [];
  }

  /** Other lines follow these, which stay: those of them that nothing below can change any more are settled. */
  #settle(lines: readonly string[]): void {
    const reading = this.#read(lines);
    const { view, scan } = reading;
    if (scan.inPrivateKey) return;
    const closed = view.rows[firstOpenRow(view, scan)]?.line ?? lines.length - this.#settled;
    const settled = this.#settled + closed;
    const length = lines.slice(0, settled).reduce((sum, line) => sum + line.length + 1, 0);
    this.#ranges = [...this.#ranges, ...this.#moved(reading.ranges()).filter(({ from }) => from < length)];
    this.#basis = lines;
    this.#settled = settled;
    this.#settledLength = length;
  }

  #read(lines: readonly string[]): ScannedText {
    return new ScannedText(lines.slice(this.#settled).join('\n'));
  }

  #moved(ranges: readonly Range[]): Range[] {
    const by = this.#settledLength;
    return ranges.map(({ rule, from, to }) => ({ rule, from: from + by, to: to + by }));
  }
}

/** How many lines at the start are the same. */
function sameLines(one: readonly string[], other: readonly string[]): number {
  const most = Math.min(one.length, other.length);
  let same = 0;
  while (same < most && one[same] === other[same]) same++;
  return same;
}
