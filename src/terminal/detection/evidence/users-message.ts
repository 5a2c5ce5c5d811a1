import type { Row } from '../screen/rows.ts';
import { backgroundOf, isAlarming, isEmphasised, styleAt } from '../screen/styles.ts';
import { hintsOf } from './hints.ts';

/** The author of what follows, in a row of its own. */
const LABEL = /^\s{0,4}(?:user|you|human|me):?\s*$/iu;

const BAR = /^\s{0,4}[┃▌▍▎❙]\s+(\S.*)$/u;
/** What bars are drawn beside besides the user's words: commands and their output, thoughts, a request. */
const NOT_THE_USERS = /^(?:\$ |thinking\b|thought\b|[#→←△⚠✓✗●•⏺⎿✱◆] ?|error\b|\(no output\)|\d+ [+-]?)/iu;

/**
 * The rows below the user's last message, where no sign marks it: a block with a background of its own, or with a bar
 * beside it. All rows where there is no such block. `below`: the rows below the input, which have the theme's background.
 */
export function afterUsersMessage(above: readonly Row[], below: readonly Row[]): Row[] {
  let grounds: Set<string | null> | undefined;
  const ground = () => {
    grounds ??= new Set([groundOf(above), ...below.map(backgroundOf)]);
    return grounds;
  };
  for (let at = above.length - 1; at >= 0; at--) {
    const row = above[at];
    if (!row || row.blank) continue;
    if (LABEL.test(row.raw) && isAlone(row, above[at - 1]) && !isBarred(nextShown(above, at)))
      return above.slice(endOf(above, at, (other) => !other.blank) + 1);
    if (!isBarred(row)) {
      if (!isFilled(row, ground)) continue;
      return above.slice(endOf(above, at, (other) => backgroundOf(other) === backgroundOf(row)) + 1);
    }
    const first = startOf(above, at);
    const opening = above.slice(first, at + 1).flatMap((other) => BAR.exec(other.raw)?.[1] ?? [])[0] ?? '';
    const isAgents =
      opening === '' ||
      NOT_THE_USERS.test(opening) ||
      isLabelled(above, first) ||
      isAlarming(styleAt(row, row.raw.search(/\S/))?.fg) ||
      hintsOf(row).size > 0;
    if (isAgents) {
      at = first;
      continue;
    }
    return above.slice(endOf(above, at, isBarred) + 1);
  }
  return [...above];
}

/** A word that a paragraph wraps into a row of its own is drawn like the rest of it. */
const isAlone = (row: Row, above: Row | undefined): boolean =>
  above === undefined || above.blank || isEmphasised(row);

const nextShown = (rows: readonly Row[], at: number): Row | undefined =>
  rows.slice(at + 1).find(({ blank }) => !blank);

const isBarred = (row: Row | undefined): boolean => row !== undefined && /^\s{0,4}[┃▌▍▎❙]/u.test(row.raw);

/** Whether the row above a block names someone else than the user as its author: `assistant:`. */
function isLabelled(rows: readonly Row[], first: number): boolean {
  const label =
    rows
      .slice(Math.max(0, first - 3), first)
      .findLast(({ blank }) => !blank)
      ?.raw.trim() ?? '';
  return /^\S.{0,40}:$/u.test(label) && !/^(?:you|user|human|me)\b/iu.test(label);
}

function startOf(rows: readonly Row[], at: number): number {
  let first = at;
  while (first > 0 && isBarred(rows[first - 1])) first--;
  return first;
}

function endOf(rows: readonly Row[], at: number, belongs: (row: Row) => boolean): number {
  let last = at;
  for (let next = at + 1; next < rows.length; next++) {
    const row = rows[next];
    if (!row || !belongs(row)) break;
    last = next;
  }
  return last;
}

/** The background of the theme, which nearly all rows have; null where most have none. */
function groundOf(rows: readonly Row[]): string | null {
  const shown = rows.filter((row) => !row.blank && !isBarred(row)).map(backgroundOf);
  const drawn = shown.filter((background) => background !== null);
  if (drawn.length === 0 || drawn.length < shown.length * 0.8) return null;
  const counts = new Map<string, number>();
  for (const background of drawn) counts.set(background, (counts.get(background) ?? 0) + 1);
  return [...counts].reduce((one, other) => (other[1] > one[1] ? other : one))[0];
}

/** Grey or tinted over the whole row, with text that begins at the left. Green and red rows are those of a diff. */
function isFilled(row: Row, ground: () => ReadonlySet<string | null>): boolean {
  if (!row.runs || row.raw.search(/\S/) > 6 || widthOf(row) < 20) return false;
  const background = backgroundOf(row);
  if (background === null || ground().has(background)) return false;
  return !isOfADiff(background) && !/^\s*\d+ [+-]?/.test(row.raw);
}

const widthOf = (row: Row): number => row.runs?.at(-1)?.end ?? 0;

function isOfADiff(colour: string): boolean {
  if (!colour.startsWith('#')) return ['1', '2', '9', '10', '22', '52'].includes(colour);
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  return Math.abs(red - green) > 24 && Math.min(red, green) - blue < 24;
}
