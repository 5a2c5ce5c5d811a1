import { parseResult, type WorkerResult } from './result-block.ts';

const START = 'AGENTPOOL_RESULT_START';
const END = 'AGENTPOOL_RESULT_END';

// What terminal programs draw around a line: indentation, bullets, boxes, quote marks, Markdown code and bold. No
// letters, digits, quotes or #: `12  AGENTPOOL_...` is a file being shown, "AGENTPOOL_..." is prose.
const DECORATION = '[\\s\\p{Pd}⏺●•◦○∙·⎿*`>|\\u2500-\\u259f]*';
const START_LINE = new RegExp(`^${DECORATION}${START}${DECORATION}$`, 'u');
const END_LINE = new RegExp(`^${DECORATION}${END}${DECORATION}$`, 'u');

/**
 * The paragraph that is added to a worker's task. It never spells a marker out, so that its echo contains none at any
 * width. The empty lines that it asks for keep a Markdown renderer from joining lines.
 */
export function resultInstructions(): string {
  return [
    'When the work is done or blocked, end your last reply with a result block in plain text, not in a code fence.',
    'It opens with the marker AGENTPOOL_RESULT_x, with START in place of the x, and closes with the same marker with END in place of the x.',
    'Each marker is alone on its line with an empty line before and after it.',
    'Between them are these sections in this order:',
    'Summary: (one or two sentences), Findings:, Files inspected:, Files changed:, Commands run:, Tests run:, Blockers: (below each of these, every item on a line of its own that starts with a hyphen, or "- none"), Confidence: (low, medium or high).',
  ].join(' ');
}

export interface FindOptions {
  /** Everything that was sent to the worker, redacted like the lines. A block that appears in it is an echo. */
  ignore?: string;
}

/**
 * The last complete result block in a worker's lines (no terminal sequences, oldest first), or null. A block counts
 * when each marker is alone on its line, a known section is between them, and it is not an echo of `ignore`: a worker
 * that only repeats a filled-in block from its task has no result.
 */
export function findResult(lines: readonly string[], { ignore = '' }: FindOptions = {}): WorkerResult | null {
  for (const block of blocksFromTheEnd(lines)) {
    if (ignore && isEcho(block, ignore)) continue;
    const result = parseResult(block.slice(1, -1), block.join('\n'));
    if (result) return result;
  }
  return null;
}

/** `findResult(...) !== null`. Scans plain lines at the speed of `includes`, so it may be called often. */
export function hasResult(lines: readonly string[], options?: FindOptions): boolean {
  return findResult(lines, options) !== null;
}

function* blocksFromTheEnd(lines: readonly string[]): Generator<readonly string[]> {
  let end = -1;
  for (let row = lines.length - 1; row >= 0; row--) {
    const line = lines[row] ?? '';
    if (!line.includes('AGENTPOOL_RESULT_')) continue;
    if (END_LINE.test(line)) end = row;
    else if (end >= 0 && START_LINE.test(line)) {
      yield lines.slice(row, end + 1);
      end = -1;
    }
  }
}

/** Compares line by line, in letters and digits only: an echo may be wrapped, indented, boxed, quoted or repeated. */
function isEcho(block: readonly string[], sent: string): boolean {
  const bare = lettersAndDigits(sent);
  return block.every((line) => bare.includes(lettersAndDigits(line)));
}

function lettersAndDigits(text: string): string {
  return text.replace(/[^\p{L}\p{N}]/gu, '');
}
