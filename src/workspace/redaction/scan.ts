import { assignments } from './assignments.ts';
import type { Detector, Evidence } from './detector.ts';
import { authorization, basic, bearer } from './headers.ts';
import { privateKeys, restOfPrivateKey } from './private-keys.ts';
import { tokenDetectors } from './tokens.ts';
import { urls } from './urls.ts';
import type { View } from './view.ts';
import { NEW_PARAGRAPH, rowAt } from './view.ts';

/** The more precise first: when two find the same place, the name of the first is shown. */
const DETECTORS: readonly Detector[] = [
  privateKeys,
  ...tokenDetectors,
  urls,
  basic,
  bearer,
  authorization,
  assignments,
];

const byStart = new Map<string, Detector[]>();
for (const detector of DETECTORS) {
  for (const start of detector.starts) byStart.set(start, [...(byStart.get(start) ?? []), detector]);
}
const STARTS = [...byStart.keys()].sort((a, b) => b.length - a.length);
const ANY_START = new RegExp(
  STARTS.map((start) => start.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'),
  'gi',
);
const MAX_START_LENGTH = STARTS[0]?.length ?? 0;

const byHead = new Map<string, Set<Detector>>();
for (const [start, detectors] of byStart) {
  for (let length = 1; length < start.length; length++) {
    const head = start.slice(0, length);
    byHead.set(head, new Set([...(byHead.get(head) ?? []), ...detectors]));
  }
}

export interface Scan {
  /** In order, without overlaps. */
  findings: Evidence[];
  /** Offset from which later rows could change the findings; the text's length if none can. */
  openFrom: number;
  /** The text ends inside a private key. */
  inPrivateKey: boolean;
}

/** Starts inside a shorter refused run are checked again: after `npm_`, a whole token in the next row is one. */
const MIN_BARREN_LENGTH = 200;

/** Every secret of a text. `inPrivateKey`: the text continues a key that started before it. */
export function scan(view: View, inPrivateKey = false): Scan {
  const found: Evidence[] = [];
  let openFrom = view.flat.length;
  let inBlock = inPrivateKey;
  const barren = new Map<Detector, number>();
  ANY_START.lastIndex = 0;
  if (inPrivateKey) {
    const { finding, inBlock: continuesBlock } = restOfPrivateKey(view);
    inBlock = continuesBlock ?? false;
    if (finding) found.push({ ...finding, since: 0 });
    ANY_START.lastIndex = finding?.to ?? 0;
  }
  for (let hit = ANY_START.exec(view.flat); hit; hit = ANY_START.exec(view.flat)) {
    const start = hit[0].toLowerCase();
    // Starts overlap: the first dash of `-----BEGIN` may end a `fk-`.
    ANY_START.lastIndex = hit.index + 1;
    for (const detector of byStart.get(start) ?? []) {
      if (hit.index < (barren.get(detector) ?? 0) || !isWhole(view, detector, hit.index, hit[0].length))
        continue;
      const reading = detector.read(view, hit.index, start);
      if ((reading.barrenTo ?? 0) > hit.index + MIN_BARREN_LENGTH)
        barren.set(detector, reading.barrenTo ?? 0);
      if (reading.open && (!view.endsBlank || detector === privateKeys))
        openFrom = Math.min(openFrom, hit.index);
      if (!reading.finding) continue;
      found.push({ ...reading.finding, since: hit.index });
      if (reading.inBlock) inBlock = true;
      // A secret may contain any start, and a key's base64 does; only after a name can a more precise finding follow.
      if (detector !== assignments && detector !== authorization)
        ANY_START.lastIndex = Math.max(ANY_START.lastIndex, reading.finding.to);
    }
  }
  if (!inBlock && !view.endsBlank)
    openFrom = Math.min(openFrom, Math.max(startOfHead(view), found.at(-1)?.to ?? 0));
  return { findings: merged(found), openFrom, inPrivateKey: inBlock };
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
  for (let at = Math.max(0, end - MAX_START_LENGTH + 1); at < end; at++) {
    for (const detector of byHead.get(view.flat.slice(at, end).toLowerCase()) ?? []) {
      if (isWhole(view, detector, at, end - at) && detector.mayBeCut(view, at, end)) return at;
    }
  }
  return end;
}

function merged(found: Evidence[]): Evidence[] {
  const rank = (finding: Evidence) =>
    finding.rule === 'credential' ? 2 : finding.rule === 'authorization' ? 1 : 0;
  const result: Evidence[] = [];
  for (const next of found.sort((a, b) => a.from - b.from || b.to - a.to)) {
    const last = result.at(-1);
    if (!last || next.from >= last.to) {
      result.push(next);
      continue;
    }
    if (rank(next) < rank(last)) last.rule = next.rule;
    last.to = Math.max(last.to, next.to);
    last.since = Math.min(last.since, next.since);
  }
  return result;
}

/** Index into `view.rows` of the first row that later rows could change; their number if none. */
export function firstOpenRow(view: View, { findings, openFrom }: Scan): number {
  if (openFrom >= view.flat.length) return view.rows.length;
  let row = rowAt(view, openFrom);
  // A secret that ends in an open row waits as a whole: its rest is not recognised without its start.
  for (const finding of findings.toReversed()) {
    if (finding.to <= (view.rows[row]?.at ?? 0)) break;
    row = Math.min(row, rowAt(view, finding.since));
  }
  return row;
}
