import { type DialogKind, dialogAbove, dialogKind } from '../dialogs/dialog.ts';
import { type Block, blocksOf } from '../evidence/blocks.ts';
import { type FoundBox, inputBox } from '../evidence/input-box.ts';
import { afterUsersMessage } from '../evidence/users-message.ts';
import { type Joined, joinRows, type Row } from '../screen/rows.ts';
import type { RulePattern } from './rule-pattern.ts';
import type { BoxShape, Layout } from './rule-set.ts';

/** A screen cut into the regions that rules refer to. Row numbers are those of the screen, both ends inclusive. */
export interface Regions {
  box: { shape: string; first: number; last: number } | undefined;
  /** The rows of a region; with `within`, its last ones from that many rows up that are not chrome. */
  rows(region: string, within?: number): Row[];
  joined(region: string, within?: number): Joined;
  isChrome(row: Row): boolean;
  isTurnEnd(row: Row): boolean;
  /** The last blocks of a region, top to bottom. */
  blocks(region: string, count: number): Block[];
  /** What the dialog of the screen waits for; undefined while none is open. */
  dialog(): DialogKind | undefined;
}

const matches = (patterns: readonly RulePattern[], row: Row): boolean =>
  patterns.some((pattern) => pattern.test(row.raw));

/** Cuts a screen into the regions that rules refer to. `title` is the terminal's. */
export function cutRegions(
  rows: Row[],
  title: string,
  layout: Layout,
  cols = Number.POSITIVE_INFINITY,
): Regions {
  const byStructure = layout.boxes.length === 0;
  const box = byStructure ? inputBox(rows) : findBox(rows, layout.boxes);
  const above = box ? rows.slice(0, box.first) : rows;
  const chrome = new Map<Row, boolean>();
  const isChrome = (row: Row): boolean => {
    if (row.blank) return true;
    const known = chrome.get(row) ?? matches(layout.chrome, row);
    chrome.set(row, known);
    return known;
  };
  const isTurnEnd = (row: Row) => matches(layout.turnEnd, row);
  const below = box ? rows.slice(box.last + 1) : [];
  const turn = lowestTurn(byStructure ? afterUsersMessage(above, below) : above, layout);

  const parts: Record<string, () => Row[]> = {
    screen: () => rows,
    above: () => above,
    box: () => (box ? rows.slice(box.first, box.last + 1) : []),
    below: () => below,
    turn: () => turn,
    live: () => lowestBlock(above, isChrome),
    message: () => lastMessage(turn, layout),
    // Long enough for any open dialog, short enough to leave out older ones further up.
    dialog: () => (box ? (byStructure && dialogAbove(above)) || below : rows).slice(-60),
    title: () => (title ? [{ at: -1, raw: title, inner: title, blank: false }] : []),
  };
  const cache = new Map<string, Row[]>();
  const region = (name: string, within?: number): Row[] => {
    const key = within === undefined ? name : `${name} ${within}`;
    let found = cache.get(key);
    if (!found) {
      const count = /^bottom:(\d+)$/.exec(name)?.[1];
      if (within !== undefined) found = lastShown(region(name), within, isChrome);
      else found = count ? rows.filter((row) => !row.blank).slice(-Number(count)) : (parts[name]?.() ?? []);
      cache.set(key, found);
    }
    return found;
  };
  const texts = new Map<Row[], Joined>();
  const joined = (name: string, within?: number): Joined => {
    const shown = region(name, within);
    const text = texts.get(shown) ?? joinRows(shown);
    texts.set(shown, text);
    return text;
  };
  const blocks = new Map<string, Block[]>();
  let open: { kind: DialogKind | undefined } | undefined;
  return {
    blocks: (name, count) => {
      const key = `${name} ${count}`;
      const found = blocks.get(key) ?? blocksOf(region(name), isChrome, count);
      blocks.set(key, found);
      return found;
    },
    dialog: () => {
      open ??= { kind: dialogKind(region('dialog'), cols) };
      return open.kind;
    },
    box: box ? { shape: box.shape, first: rowAt(rows, box.first), last: rowAt(rows, box.last) } : undefined,
    rows: region,
    joined,
    isChrome,
    isTurnEnd,
  };
}

/** The last rows, from so many up that are not chrome. */
function lastShown(rows: Row[], count: number, isChrome: (row: Row) => boolean): Row[] {
  for (let at = rows.length - 1, shown = 0; at >= 0; at--) {
    const row = rows[at];
    if (row && !isChrome(row) && ++shown === count) return rows.slice(at);
  }
  return rows;
}

const rowAt = (rows: Row[], index: number): number => rows[index]?.at ?? index;

/** The input box: the lowest place where one of the provider's shapes fits with only a footer below it. */
function findBox(rows: Row[], shapes: BoxShape[]): FoundBox | undefined {
  for (const shape of shapes) {
    for (let at = rows.length - 1; at >= 0; at--) {
      const found = boxAt(rows, at, shape);
      if (found) return found;
    }
  }
  return undefined;
}

const MAX_DRAFT_ROWS = 60;

function boxAt(rows: Row[], at: number, shape: BoxShape): FoundBox | undefined {
  const prompt = rows[at];
  if (!prompt || !shape.prompt.test(prompt.raw)) return undefined;
  const rowAbove = rows[at - 1];
  if (shape.top && !(rowAbove && shape.top.test(rowAbove.raw))) return undefined;
  if (shape.follows && rowAbove && !shape.follows.test(rowAbove.raw)) return undefined;
  const last = boxEnd(rows, at, shape);
  if (last === undefined) return undefined;
  const footer = rows.slice(last + 1);
  if (footer.filter((row) => !row.blank).length > shape.rowsBelow) return undefined;
  const isSure = footer.some((row) => shape.sureAbove?.test(row.raw));
  if (
    !isSure &&
    shape.neverAbove &&
    footer.concat(rows.slice(at, last + 1)).some((row) => shape.neverAbove?.test(row.inner))
  ) {
    return undefined;
  }
  return { shape: shape.name, first: shape.top ? at - 1 : at, last };
}

function boxEnd(rows: Row[], at: number, shape: BoxShape): number | undefined {
  for (let row = at + 1; row < rows.length && row - at <= MAX_DRAFT_ROWS; row++) {
    const line = rows[row];
    if (!line) break;
    if (shape.bottom?.test(line.raw)) return row;
    if (shape.inside && !shape.inside.test(line.raw)) return shape.open ? row - 1 : undefined;
    if (!shape.bottom && line.blank) return row - 1;
  }
  return shape.open ? (shape.bottom ? at : rows.length - 1) : undefined;
}

/**
 * The rows below the user's last message: dialogs, banners and questions of earlier turns say nothing about the current
 * state.
 */
function lowestTurn(above: Row[], layout: Layout): Row[] {
  const echo = above.findLastIndex((row) => matches(layout.echo, row));
  if (echo < 0) return above;
  const rest = above.slice(echo + 1);
  const answer = rest.findIndex((row) => matches(layout.speech, row) || matches(layout.turnEnd, row));
  if (answer >= 0 && layout.speech.length > 0) return rest.slice(answer);
  // No marker opens the agent's text here: the user's message ends at its first blank row or unindented row.
  const gap = rest.findIndex(
    (row) => row.blank || /^\S/.test(row.raw) || /^\s*\[?(?:api )?error\b/i.test(row.raw),
  );
  return gap < 0 ? [] : rest.slice(gap);
}

function lowestBlock(above: Row[], isChrome: (row: Row) => boolean): Row[] {
  const end = above.findLastIndex((row) => !isChrome(row));
  if (end < 0) return [];
  const gap = above.slice(0, end).findLastIndex((row) => row.blank);
  return above.slice(gap + 1, end + 1);
}

/** The agent's last message to its reader in this turn; empty when the turn ends in a tool call or its result. */
function lastMessage(turn: Row[], layout: Layout): Row[] {
  const words = messageRows(turn, layout).filter((row) => row.blank || !matches(layout.chrome, row));
  const last = words.findLastIndex((row) => !row.blank);
  const start = words.findLastIndex((row) => matches(layout.speech, row));
  if (start >= 0) {
    const message = words.slice(start, last + 1);
    return message.some((row) => matches(layout.tool, row)) ? [] : message;
  }
  const tool = words.findLastIndex((row) => matches(layout.tool, row));
  if (tool < 0) return words.slice(0, last + 1);
  const gap = words.slice(tool, last + 1).findIndex((row) => row.blank);
  return gap < 0 ? [] : words.slice(tool + gap, last + 1);
}

/** The rows up to the one that closed the turn; the rows below it when another message followed without a prompt. */
function messageRows(turn: Row[], layout: Layout): Row[] {
  const end = turn.findLastIndex((row) => matches(layout.turnEnd, row));
  const after = turn.slice(end + 1);
  const more = after.some((row) => matches(layout.speech, row) && !matches(layout.chrome, row));
  return end < 0 || more ? after : turn.slice(0, end);
}
