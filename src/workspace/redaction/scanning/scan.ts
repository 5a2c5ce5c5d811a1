import type { Detector, Evidence, SecretFinding } from '../detectors/detector.ts';
import { NOTHING, NOTHING_IN_ROW } from '../detectors/detector.ts';
import { keyBlocks } from '../detectors/key-blocks.ts';
import { privateKeys, restOfPrivateKey } from '../detectors/private-keys.ts';
import type { View } from '../text/view.ts';
import { linesOf, NEW_PARAGRAPH, restOfRow, rowAt, spansRows } from '../text/view.ts';
import type { Hits } from './keywords.ts';
import { detectorsAfter, starts } from './starts.ts';

export interface SecretScan {
  /** In order, without overlaps. */
  findings: Evidence[];
  /** Offset from which later rows could change the findings; the text's length if none can. */
  openFrom: number;
  /** Ranges that must be read as a whole: later rows are understood only with their start. */
  blocks: readonly { from: number; to: number }[];
  /** The text ends inside a private key. */
  inPrivateKey: boolean;
}

/**
 * Every secret of a text. `inPrivateKey`: the text continues a key that started before it.
 *
 * Whether a row continues the one above is a guess, and a wrong guess must not hide what one row shows for certain. So
 * each row is read alone too, and everything that either reading finds is a secret.
 */
export function scan(view: View, inPrivateKey = false): SecretScan {
  const hits = hitsIn(view.flat);
  const joined = read(view, hits, inPrivateKey);
  const isReadAlone = view.rows.length > 1 && joined.refused.includes(0);
  const alone = isReadAlone ? read(linesOf(view), hits, false, joined.refused) : { found: [] };
  const keyRanges = joined.found.filter(({ rule }) => rule === 'private-key');
  const { found, blocks, openFrom } = keyBlocks(view, keyRanges);
  return {
    findings: merged([...joined.found, ...alone.found, ...found]),
    openFrom: Math.min(openFrom, joined.openFrom),
    blocks,
    inPrivateKey: joined.inPrivateKey,
  };
}

/**
 * The beginnings of tokens that are too short to be one: more letters would make them secrets. Those that the text ends
 * in, and those that look random although something else follows.
 */
export function unfinishedTokens(view: View): SecretFinding[] {
  const { flat } = view;
  const hits = hitsIn(flat);
  const { all, detectors } = starts();
  const found: SecretFinding[] = [];
  for (let hit = 0; hit < hits.count; hit++) {
    const at = hits.at(hit);
    const start = all[hits.keyword(hit)];
    for (const index of start?.detectors ?? NO_DETECTORS) {
      const detector = detectors[index];
      if (!start || !detector?.rule || !isWhole(view, detector, at, start.text.length)) continue;
      const {
        finding,
        open,
        openFrom: from = at,
        barrenTo = flat.length,
      } = detector.read(view, at, start.text);
      const to = open ? flat.length : barrenTo;
      const body = flat.slice(at + start.text.length, to);
      if (isWithinName(view, at, to) || isNamed(restOfRow(view, at).slice(0, to - at))) continue;
      const isBegun = open ? mayBeToken(start.text, body) : barrenTo < flat.length && looksRandom(body);
      if (!finding && isBegun) found.push({ rule: detector.rule, from, to });
    }
  }
  return found;
}

/** Words begin with a keyword of letters (`patterns`), and numbers with a short one (`1/2`). */
const mayBeToken = (keyword: string, body: string): boolean =>
  body !== '' &&
  (/^[a-z]+$/.test(keyword)
    ? !/^[a-z_]*$/.test(body)
    : keyword.length > 2 || (body.length > 3 && /\d/.test(body)));

/** `default-token-x7k2p`, `api-7d9c8b6f5d`: what looks like a token is in the middle of a longer name. */
const isWithinName = ({ flat, breaks }: View, from: number, to: number): boolean =>
  (!breaks[from] && /\w-$/.test(flat.slice(Math.max(0, from - 2), from))) ||
  (to < flat.length && !breaks[to] && /\w/.test(flat[to] ?? ''));

/** `test_limit2`, `api-v2`, `token-refresh-24h`: a keyword that is a word, and words and short numbers behind it. */
export const isNamed = (text: string): boolean =>
  /^(?:test|live|secret|console|token|api|sdk|key)[_-](?:[a-z]{2,11}|[A-Z][a-z]{2,10})(?:[A-Z][a-z]{2,10}|_[a-z]{1,11}|-[a-z]{2,11}|[_-]?\d{1,2}(?![a-z\d]{2}))*$/.test(
    text,
  );

const looksRandom = (text: string): boolean => text.length >= 6 && /\d/.test(text) && /[A-Za-z]/.test(text);

/** Whether anything in the text could begin a secret, or name one. */
export const mayHaveSecrets = (text: string): boolean => hitsIn(text).count > 0;

/** Secrets within single rows only: no row is joined with the next, and no block of rows is looked for. */
export function scanRows(view: View): Evidence[] {
  return merged(read(linesOf(view), hitsIn(view.flat), false).found);
}

const hitsIn = (flat: string): Hits => starts().keywords.find(flat);

/** Starts inside a shorter refused run are checked again: after `npm_`, a whole token in the next row is one. */
const MIN_BARREN_LENGTH = 200;

const NO_DETECTORS: readonly number[] = [];

interface ReadingOfAll {
  found: Evidence[];
  openFrom: number;
  inPrivateKey: boolean;
  /** 1 for each hit at which no reading finds anything. */
  refused: Uint8Array;
}

/** `refused`: the hits at which there is nothing to find. */
function read(
  view: View,
  hits: Hits,
  inPrivateKey: boolean,
  refused: Uint8Array = new Uint8Array(hits.count),
): ReadingOfAll {
  const found: Evidence[] = [];
  let openFrom = view.flat.length;
  let inBlock = inPrivateKey;
  let skipTo = 0;
  const { all, detectors } = starts();
  const barren = new Float64Array(detectors.length);
  if (inPrivateKey) {
    const { finding, inBlock: continuesBlock } = restOfPrivateKey(view);
    inBlock = continuesBlock ?? false;
    if (finding) found.push({ ...finding, since: 0 });
    skipTo = finding?.to ?? 0;
  }
  /** Where each detector has read last. */
  const readAt = new Int32Array(detectors.length).fill(-1);
  /** Where each has last found nothing, however its row is read. */
  const refusedAt = new Int32Array(detectors.length).fill(-1);
  for (let hit = 0; hit < hits.count; hit++) {
    const at = hits.at(hit);
    if (at < skipTo) continue;
    const start = all[hits.keyword(hit)];
    const isUncut = start !== undefined && !spansRows(view, at, at + start.text.length);
    let isRefused = isUncut;
    for (const index of start?.detectors ?? NO_DETECTORS) {
      const detector = detectors[index];
      if (!start || !detector) continue;
      if (refused[hit] === 1) readAt[index] = at;
      if (readAt[index] === at) {
        // A longer keyword at this place was read.
        isRefused &&= refusedAt[index] === at;
        continue;
      }
      const canRead = at >= skipTo && at >= (barren[index] ?? 0) && !(detector.readsRows && view.alone);
      if (!canRead || !(isUncut || isWhole(view, detector, at, start.text.length))) {
        isRefused = false;
        continue;
      }
      readAt[index] = at;
      const reading = detector.read(view, at, start.text);
      if (reading === NOTHING_IN_ROW && isUncut) {
        refusedAt[index] = at;
        continue;
      }
      isRefused = false;
      if (reading === NOTHING || reading === NOTHING_IN_ROW) continue;
      const { finding } = reading;
      const barrenTo = Math.max(reading.barrenTo ?? 0, finding?.to ?? 0);
      if (barrenTo > at + MIN_BARREN_LENGTH) barren[index] = barrenTo;
      const since = Math.min(reading.openFrom ?? at, at);
      if (reading.open && (!view.endsBlank || detector === privateKeys)) openFrom = Math.min(openFrom, since);
      if (!finding) continue;
      for (const each of [finding, ...(reading.others ?? [])]) found.push({ ...each, since });
      if (reading.inBlock) inBlock = true;
      // A secret may contain any start, and a key's base64 does; only after a name can a more precise one follow.
      if (!detector.isName) skipTo = Math.max(skipTo, finding.to);
    }
    if (isRefused) refused[hit] = 1;
  }
  // Where each row is read alone, nothing is asked about later rows.
  if (!inBlock && !view.endsBlank && !view.alone)
    openFrom = Math.min(openFrom, Math.max(startOfHead(view), found.at(-1)?.to ?? 0));
  return { found, openFrom, inPrivateKey: inBlock, refused };
}

/** A start with a row's end inside it counts only where its detector allows it. */
function isWhole(view: View, detector: Detector, at: number, length: number): boolean {
  for (let i = at + 1; i < at + length; i++) {
    if (view.breaks[i] && (view.breaks[i] === NEW_PARAGRAPH || !detector.mayBeCut(view, at, i))) return false;
  }
  return true;
}

/** Where the text ends in the first letters of a start (`gh` of `ghp_`) that the next row may complete. */
function startOfHead(view: View): number {
  const end = view.flat.length;
  const { detectors, longest } = starts();
  let first = end;
  for (const { heldFrom } of detectors) if (heldFrom) first = Math.min(first, heldFrom(view));
  for (let at = Math.max(0, end - longest + 1); at < first; at++) {
    for (const detector of detectorsAfter(view.flat.slice(at, end).toLowerCase())) {
      if (isWhole(view, detector, at, end - at) && detector.mayBeCut(view, at, end)) return at;
    }
  }
  return first;
}

const rank = ({ rule }: Evidence) => (rule === 'credential' ? 2 : rule === 'authorization' ? 1 : 0);

function merged(found: Evidence[]): Evidence[] {
  const result: Evidence[] = [];
  for (const next of found.sort((a, b) => a.from - b.from || b.to - a.to)) {
    const last = result.at(-1);
    if (!last || next.from >= last.to) {
      result.push({ ...next });
      continue;
    }
    if (rank(next) < rank(last)) last.rule = next.rule;
    last.to = Math.max(last.to, next.to);
    last.since = Math.min(last.since, next.since);
  }
  return result;
}

/** Index into `view.rows` of the first row that later rows could change; their number if none. */
export function firstOpenRow(view: View, { findings, blocks, openFrom }: SecretScan): number {
  if (openFrom >= view.flat.length) return view.rows.length;
  let row = rowAt(view, openFrom);
  for (let before = -1; before !== row; ) {
    before = row;
    // A secret that ends in an open row waits as a whole: its rest is not recognised without its start.
    for (const { to, from, since } of [
      ...findings,
      ...blocks.map((block) => ({ ...block, since: block.from })),
    ]) {
      const start = view.rows[row]?.at ?? 0;
      if (to > start && Math.min(from, since) < start) row = rowAt(view, Math.min(from, since));
    }
  }
  return row;
}
