import { innerText, type Row } from '../screen/rows.ts';
import { hasCursor, isDimFrom } from '../screen/styles.ts';
import { isActivity } from './activity.ts';
import { type HintKind, hintsOf } from './hints.ts';
import { isLine, PROMPT, SPEECH, TURNS_FOR_PROMPT } from './signs.ts';

export interface FoundBox {
  /** Its name in the layout; `framed`, `ruled`, `barred` or `bare` where it was found by its structure. */
  shape: string;
  first: number;
  last: number;
}

/** A box has at most so many rows that are not blank below it. With more of them it is only quoted in the transcript. */
const FOOTER_ROWS = 12;
const MAX_ROWS = 60;

/**
 * The input box, by what all of them share: a frame, two lines, or a bar at the left around an empty input, a prompt, a
 * hint or a draft; or a bare prompt at the bottom. A dialog is drawn alike, and is none: its rows are choices, or the
 * keys below it answer it.
 */
export function inputBox(rows: readonly Row[]): FoundBox | undefined {
  const found = [framed(rows), ruled(rows), barred(rows)].filter((box) => box !== undefined);
  const lowest = found.reduce<FoundBox | undefined>(
    (one, box) => (one === undefined || box.last > one.last ? box : one),
    undefined,
  );
  return lowest ?? openBox(rows) ?? bare(rows);
}

/** The indexes of the rows near the bottom, from the lowest up. */
function nearBottom(rows: readonly Row[]): number[] {
  const found: number[] = [];
  for (let at = rows.length - 1, below = 0; at >= 0 && below <= FOOTER_ROWS; at--) {
    found.push(at);
    if (!rows[at]?.blank) below++;
  }
  return found;
}

const TOP = /^\s*[╭┌┏╔]/u;
const BOTTOM = /^\s*[╰└┗╚╹][─━═▀]/u;
const SIDE = /^\s*[│┃║]/u;

function framed(rows: readonly Row[]): FoundBox | undefined {
  for (const last of nearBottom(rows)) {
    const bottom = rows[last]?.raw ?? '';
    if (!BOTTOM.test(bottom)) continue;
    const column = bottom.search(/\S/);
    let first = last - 1;
    while (first >= 0 && last - first <= MAX_ROWS && isSide(rows[first], column)) first--;
    const top = rows[first];
    const hasTop = top !== undefined && TOP.test(top.raw) && top.raw.search(/\S/) === column;
    const box = { shape: hasTop ? 'framed' : 'barred', first: hasTop ? first : first + 1, last };
    if (last - box.first < (hasTop ? 2 : 1)) continue;
    const inside = contentOf(rows.slice(first + 1, last));
    // Only a bar on a base of its own is an input whatever it holds.
    if (isInput(inside, !hasTop) && !isAnswered(rows, box)) return box;
  }
  return undefined;
}

const isSide = (row: Row | undefined, column: number): boolean =>
  row !== undefined && SIDE.test(row.raw) && row.raw.search(/\S/) === column;

function ruled(rows: readonly Row[]): FoundBox | undefined {
  for (const last of nearBottom(rows)) {
    if (!isLine(rows[last]?.inner ?? '')) continue;
    let first = last - 1;
    while (first >= 0 && last - first <= MAX_ROWS && !isLine(rows[first]?.inner ?? '')) first--;
    if (first < 0 || last - first > MAX_ROWS || last - first < 2) continue;
    const box = { shape: 'ruled', first, last };
    if (isInput(rows.slice(first + 1, last), false) && !isAnswered(rows, box)) return box;
  }
  return undefined;
}

const BAR = /^\s{0,8}[┃▌▍▎▏│❙](?:\s|$)/u;

/** A bar at the left without a base: only an empty input differs from the bars of messages. */
function barred(rows: readonly Row[]): FoundBox | undefined {
  const last = nearBottom(rows).find((at) => BAR.test(rows[at]?.raw ?? ''));
  if (last === undefined) return undefined;
  const column = rows[last]?.raw.search(/\S/) ?? 0;
  let first = last;
  while (first > 0 && BAR.test(rows[first - 1]?.raw ?? '') && rows[first - 1]?.raw.search(/\S/) === column)
    first--;
  const inside = contentOf(rows.slice(first, last + 1));
  const box = { shape: 'barred', first, last };
  const isEmpty = inside.every(({ blank }) => blank) || inside.some(hasCursor);
  const opening = inside.find(({ blank }) => !blank)?.inner.trimStart() ?? '';
  const isPrompt = opening !== '' && PROMPT.test(opening) && last - first < 4;
  // Directly below an input are the keys that send it.
  const footer = rows.slice(last + 1).find(({ blank }) => !blank);
  const isSent = footer !== undefined && hintsOf(footer).has('send');
  return (isEmpty || isPrompt || isSent) && isInput(inside, isSent) && !isAnswered(rows, box)
    ? box
    : undefined;
}

/** A prompt below a line, whose lower line is cut off. */
function openBox(rows: readonly Row[]): FoundBox | undefined {
  const at = nearBottom(rows).find((index) => PROMPT.test(rows[index]?.inner.trimStart() ?? ''));
  if (at === undefined || at === 0 || !isLine(rows[at - 1]?.inner ?? '')) return undefined;
  const box = { shape: 'ruled', first: at - 1, last: at };
  const below = rows.slice(at + 1);
  return below.every((row) => !SPEECH.test(row.raw)) && !isAnswered(rows, box) ? box : undefined;
}

const BARE = /^\s{0,4}(?=\S)/u;

/** A prompt at the bottom without anything around it; below it at most a draft's other rows and a status. */
function bare(rows: readonly Row[]): FoundBox | undefined {
  const at = nearBottom(rows).find((index) => isBarePrompt(rows[index]));
  if (at === undefined) return undefined;
  const indent = rows[at]?.raw.search(/\S/) ?? 0;
  const below = rows.slice(at + 1);
  if (below.some((row) => isTranscript(row) || isLine(row.inner) || isChoice(row.inner))) return undefined;
  const gap = below.findIndex(({ blank, isTyped }) => blank && !isTyped);
  const draft = gap < 0 ? below : below.slice(0, gap);
  const afterGap = gap < 0 ? [] : below.slice(gap);
  // A task that quotes a prompt goes on below it.
  if (afterGap.some(({ isTyped }) => isTyped)) return undefined;
  const footer = afterGap.filter(({ blank }) => !blank);
  if (draft.some(isActivity)) return undefined;
  const isMore = (row: Row) => row.raw.search(/\S/) > indent;
  if (!draft.every((row) => row.isTyped || isStatus(row) || isMore(row)) || !footer.every(isStatus))
    return undefined;
  // Without anything around it, one key that takes or closes something makes it a menu.
  const kinds = below.flatMap((row) => [...hintsOf(row)]);
  const isMenu = kinds.includes('take') || (kinds.includes('close') && !kinds.includes('stop'));
  // Yes and no below each other are a menu, whatever its keys are.
  if ([rows[at], rows[at + 1]].every((row) => /^\W*(?:yes|no)\b/iu.test(row?.inner ?? ''))) return undefined;
  return isMenu ? undefined : { shape: 'bare', first: at, last: at + draft.length };
}

const isBarePrompt = (row: Row | undefined): boolean =>
  row !== undefined && BARE.test(row.raw) && PROMPT.test(row.raw.trimStart()) && !/^\s*[$#%*!]/.test(row.raw);

/** A row below an input that says in which state the agent is: dim, or parts with a sign between them, or keys. */
const isStatus = (row: Row): boolean =>
  isDimFrom(row, 0) ||
  / [·•|] |\S\s{4,}\S|\d%|\? for |\b(?:ctrl|shift|tab|esc)\b|\b(?:tokens|context|ctx)\b|^\s*~?\/\S*(?: \S+)?$|^\s{40,}\S/i.test(
    row.inner,
  );

/** The rows without the sides of the frame. */
const contentOf = (rows: readonly Row[]): Row[] =>
  rows.map((row) => {
    const inner = innerText(row.raw).trimEnd();
    return { ...row, inner, blank: inner.trim() === '' };
  });

const PLACEHOLDER =
  /^\W{0,3}(?:type (?:your|a|here|something|@|\/)|ask (?:anything|me|\w+ to\b|a question)|enter (?:your|a) (?:message|prompt|task|request)|what (?:would|do|can|should|are) |how can i help|try "|send a message|message \w+|describe |add a follow-?up|plan, search|resend your|ready\b|write a |say something|use \/|chat with)/iu;

/** Whether the rows inside are those of an input: nothing, a prompt, a placeholder, or a cursor that is drawn in them. */
function isInput(inside: readonly Row[], holdsAnything: boolean): boolean {
  const opening = inside.find(({ blank }) => !blank);
  if (inside.some((row) => isChoice(row.inner))) return false;
  if (opening === undefined || holdsAnything) return inside.length <= MAX_ROWS;
  const text = opening.inner.trimStart();
  if (PROMPT.test(text)) return !hasManyPrompts(inside);
  if (TURNS_FOR_PROMPT.test(text.trimEnd()) && inside.filter(({ blank }) => !blank).length === 1) return true;
  const column = Math.max(0, opening.raw.indexOf(text));
  return (
    PLACEHOLDER.test(text) || inside.some(hasCursor) || (inside.length <= 3 && isDimFrom(opening, column))
  );
}

const CHOICE = /^\s*(?:[❯›>→●◉○•]\s*)?(?:\d{1,2}[.)] +\S|\([ x●○*]\) |\[[ x✓✔]\] )/iu;
const isChoice = (text: string): boolean =>
  CHOICE.test(text) && /[❯›→●◉]|\([ x●○*]\)|\[[ x✓✔]\]/iu.test(text);

/** A list of rows with signs is a menu. */
const hasManyPrompts = (inside: readonly Row[]): boolean =>
  inside.filter(({ inner }) => /^\s*[○●◉]\s/u.test(inner)).length > 1;

/** A row of the transcript: what looks like a box above it repeats what was typed. */
const isTranscript = (row: Row): boolean =>
  SPEECH.test(row.raw) && !/^\s*[⚠△·◇ℹ]/u.test(row.raw) && hintsOf(row).size === 0;

/** A prompt without a word behind it, between two lines or in a frame. */
const isEmptyPrompt = (box: readonly Row[]): boolean =>
  box.length === 3 && /^[\s│┃║]*[>❯›❭»→][\s│┃║]*$/u.test(box[1]?.raw ?? '');

/** A menu in a frame of its own: what is above it is no input. */
const isFramedChoice = (row: Row): boolean =>
  /^\s*[│┃║].*[│┃║]\s*$/u.test(row.raw) && isChoice(innerText(row.raw));

/** Whether something was said below the box, or the keys that are named in it or below it answer a dialog. */
function isAnswered(rows: readonly Row[], { first, last }: FoundBox): boolean {
  const below = rows.slice(last + 1);
  if (below.some(isFramedChoice)) return true;
  // What lies between two lines above a pointer is what a dialog shows, such as a command.
  const inside = contentOf(rows.slice(first + 1, last));
  const isPlain = !inside.some((row) => PROMPT.test(row.inner.trimStart()) || hasCursor(row));
  if (isPlain && inside.some(({ blank }) => !blank) && below.some(({ raw }) => /^\s{0,4}[❯›→] \S/u.test(raw)))
    return true;
  // The echo of a message has words in it: what is below an empty input is a status line.
  if (!isEmptyPrompt(rows.slice(first, last + 1)) && below.some(isTranscript)) return true;
  // Where the cursor is, the user types: a draft may name keys, too.
  const hints = rows
    .slice(first, Math.min(rows.length, last + 1 + FOOTER_ROWS))
    .map((row) => (hasCursor(row) ? NO_HINTS : hintsOf(row)));
  const takes = hints.some((kinds) => kinds.has('take'));
  return takes && hints.some((kinds) => kinds.has('close'));
}

const NO_HINTS: ReadonlySet<HintKind> = new Set();
