import type { Layout } from '../detection/rules/rule-set.ts';
import { parseResult, type WorkerResult } from './result-block.ts';

const PREFIX = 'AGENTPOOL_RESULT_';

// What terminal programs draw around a line: indentation, bullets and other signs, boxes, quote marks, Markdown code and
// bold. No letters, digits, quotes, + or #: `12  AGENTPOOL_...` is a file being shown, "AGENTPOOL_..." is prose.
const DECORATION = '[\\s\\p{Pd}\\p{So}•∙·‣⁃→*_`>|\\u2500-\\u25ff\\ufe00-\\ufe0f\\u200d]*';

/** A Markdown renderer takes the underscores of a marker for emphasis, or an agent escapes them. */
const EMPHASIS = '(?:\\\\?[_*]){0,2}';

/** A marker as it may be drawn. */
const drawn = (marker: string): string => marker.split('_').join(EMPHASIS);

/** The markers of a session by its word; the fixed ones of a worker that was started before there were words. */
const marker = (word: string | null, end: 'START' | 'END' | 'x'): string =>
  word === null ? `${PREFIX}${end}` : `${PREFIX}${word}_${end}`;

const alone = (marker: string): RegExp => new RegExp(`^${DECORATION}${drawn(marker)}${DECORATION}$`, 'u');

/** What every marker begins with, however it is drawn: enough to skip a line without one. */
const FIRST = 'AGENTPOOL';

/** The marker that closes a result, as an agent writes it. */
export const resultEnd = (word: string | null): string => marker(word, 'END');

/** Whether a line has the marker in it that closes a result: enough to skip a screen without one. */
export function isResultEnd(word: string | null): (line: string) => boolean {
  const end = new RegExp(drawn(marker(word, 'END')), 'u');
  return (line) => line.includes(FIRST) && end.test(line);
}

/**
 * The paragraph that is added to a worker's task, with the word of its session: a file that was written before cannot
 * know it. It never spells a marker out, so that its echo contains none at any width. The empty lines that it asks for
 * keep a Markdown renderer from joining lines.
 */
export function resultInstructions(word: string | null = null): string {
  return [
    'When the work is done or blocked, end your last reply with a result block in plain text, not in a code fence.',
    `It opens with the marker ${marker(word, 'x')}, with START in place of the x, and closes with the same marker with END in place of the x.`,
    'Each marker is alone on its line with an empty line before and after it.',
    'Between them are these sections in this order:',
    'Summary: (one or two sentences), Findings:, Files inspected:, Files changed:, Commands run:, Tests run:, Blockers: (below each of these, every item on a line of its own that starts with a hyphen, or "- none"), Confidence: (low, medium or high).',
  ].join(' ');
}

export interface FindOptions {
  /** Everything that was sent to the worker, redacted like the lines. A block that appears in it is an echo. */
  ignore?: string;
  /** The word of the session; null for a worker that was started before there were words. */
  word?: string | null;
  /** How the agent draws its own messages and the output of its tools; null where its screen does not show which is which. */
  layout?: Pick<Layout, 'speech' | 'tool'> | null;
}

/**
 * The last complete result block in a worker's lines (no terminal sequences, oldest first), or null. A block counts
 * when each marker is alone on its line, a known section is between them, and it is the agent's own message: neither an echo
 * of `ignore` nor the output of a tool that printed a file.
 */
export function findResult(
  lines: readonly string[],
  { ignore = '', word = null, layout = null }: FindOptions = {},
): WorkerResult | null {
  for (const { start, end } of blocksFromTheEnd(lines, word)) {
    const block = lines.slice(start, end + 1);
    if (ignore && isEcho(block, ignore)) continue;
    if (layout && isToolOutput(lines, start, layout)) continue;
    const result = parseResult(block.slice(1, -1), withoutWord(block.join('\n'), word));
    if (result) return result;
  }
  return null;
}

/** `findResult(...) !== null`. Scans plain lines at the speed of `includes`, so it may be called often. */
export function hasResult(lines: readonly string[], options?: FindOptions): boolean {
  return findResult(lines, options) !== null;
}

function* blocksFromTheEnd(
  lines: readonly string[],
  word: string | null,
): Generator<{ start: number; end: number }> {
  const startLine = alone(marker(word, 'START'));
  const endLine = alone(marker(word, 'END'));
  let end = -1;
  for (let row = lines.length - 1; row >= 0; row--) {
    const line = lines[row] ?? '';
    if (!line.includes(FIRST)) continue;
    if (endLine.test(line)) end = row;
    else if (end >= 0 && startLine.test(line)) {
      yield { start: row, end };
      end = -1;
    }
  }
}

/** The word stays out of what is kept and shown of a result: nothing else needs it. */
const withoutWord = (raw: string, word: string | null): string =>
  word === null ? raw : raw.replace(new RegExp(drawn(`${PREFIX}${word}_`), 'gu'), PREFIX);

/** How many lines above a block are read to see whose it is. */
const MOST_LINES_ABOVE = 500;
/** Opens the output of a tool below its call. */
const OUTPUT_SIGN = /^\s*[⎿└↳↪] /u;

/**
 * Whether the block is what a tool printed. Going up from it, the nearest sign decides: one that opens the output of a
 * tool, or one that opens a message of the agent.
 */
function isToolOutput(
  lines: readonly string[],
  start: number,
  { speech, tool }: NonNullable<FindOptions['layout']>,
) {
  const isTool = (line: string) => tool.some((pattern) => pattern.test(line));
  if (isTool(lines[start] ?? '')) return true;
  for (let row = start; row >= Math.max(0, start - MOST_LINES_ABOVE); row--) {
    const line = lines[row] ?? '';
    if (OUTPUT_SIGN.test(line) && isTool(line)) return true;
    if (speech.some((pattern) => pattern.test(line))) return false;
  }
  return false;
}

/** Compares line by line, in letters and digits only: an echo may be wrapped, indented, boxed, quoted or repeated. */
function isEcho(block: readonly string[], sent: string): boolean {
  const bare = lettersAndDigits(sent);
  return block.every((line) => bare.includes(lettersAndDigits(line)));
}

function lettersAndDigits(text: string): string {
  return text.replace(/[^\p{L}\p{N}]/gu, '');
}
