import type { Screen } from '../../screen/screen.ts';
import type { Label } from '../classification-schema.ts';
import { classify } from '../classify.ts';
import { cutRegions } from '../rules/regions.ts';
import { defaultPriority, type RuleSet } from '../rules/rule-set.ts';
import type { RuleSource } from '../rules/schema.ts';
import { type Row, readRows } from '../screen/rows.ts';
import type { KeptScreen } from './effect.ts';
import { type RowPattern, rowPattern } from './pattern.ts';

/** What a person may teach: what a worker is while its program runs. */
export const TAUGHT_LABELS = ['idle', 'working', 'question', 'approval', 'limit', 'error'] as const;
export type TaughtLabel = (typeof TAUGHT_LABELS)[number];

export interface Lesson {
  screen: Screen;
  label: TaughtLabel;
  rules: RuleSet;
  /** Screens that were shown at other times. */
  kept: readonly KeptScreen[];
  /** Text that was typed to the worker: it says nothing about its state. */
  echo?: string;
  /** The rule rests on this row of the screen, counted from 1; on any where left out. */
  row?: number;
}

/** A row that a rule could rest on. */
interface Sign extends RowPattern {
  row: Row;
  region: string;
  value: number;
}

/** How many rows that are not blank are looked at, from the bottom: state is drawn there. */
const LOWEST = 14;

/**
 * A rule that reads this screen as labelled; null where each row of it is also on a screen that is kept with
 * another label. It rests on one row, or on two where one is not enough. Pure.
 */
export function suggestRule(lesson: Lesson): RuleSource | null {
  const { screen, label, rules, echo = '' } = lesson;
  const judged = classify(screen, rules, { echo });
  const signs = signsOn(lesson).sort((a, b) => b.value - a.value || b.row.at - a.row.at);
  // A person who names the row has seen what it would change.
  const others = lesson.row === undefined ? otherScreens(lesson, judged.label) : [];
  const pairs = signs.flatMap((one, at) => signs.slice(at + 1).map((other) => [one, other]));
  const chosen = [...signs.map((sign) => [sign]), ...pairs].find((each) =>
    others.every((other) => !each.every((sign) => isOn(other, sign, rules))),
  );
  const [first, ...more] = chosen ?? [];
  if (!first) return null;
  const winner = [...rules.rules, ...(rules.fallback?.rules ?? [])].find(({ name }) => name === judged.rule);
  const priority = judged.label === label ? 0 : Math.min(2000, (winner?.priority ?? 0) + 1);
  return {
    name: freeName(label, rules),
    yields: label,
    ...(priority > defaultPriority[label] ? { priority } : {}),
    region: first.region,
    when: [
      { line: first.line },
      ...more.map(({ line, region }) => ({ line, ...(region === first.region ? {} : { region }) })),
    ],
    why: `Learned from a screen that was read as ${judged.label}.`,
  };
}

/** The rows that a rule could rest on, each with its region and how well it would do. */
function signsOn({ screen, label, rules, echo = '', row: only }: Lesson): Sign[] {
  const rows = readRows(screen, echo);
  const regions = cutRegions(rows, screen.title, rules.layout);
  const below = new Set(regions.rows('below'));
  const box = new Set(regions.rows('box'));
  const low = rows.filter(({ blank }) => !blank).slice(only === undefined ? -LOWEST : 0);
  const signs = low.flatMap((row): Sign[] => {
    if (only !== undefined && row.at !== only - 1) return [];
    // A draft is not a state.
    if (only === undefined && box.has(row)) return [];
    const pattern = rowPattern(row.inner);
    if (!pattern) return [];
    const fromBottom = rows.filter(({ blank, at }) => !blank && at >= row.at).length;
    // Rows above move with the answers: the region has a few more.
    const region = below.has(row) ? 'below' : `bottom:${fromBottom <= 6 ? 8 : 16}`;
    return [{ ...pattern, row, region, value: worthOf(pattern, row, label) }];
  });
  return only === undefined ? [...signs, ...titleSign(screen.title)] : signs;
}

function titleSign(title: string): Sign[] {
  // A title that only names a folder says nothing.
  if (!/^[^\p{L}\p{N}\s]|\b(?:ready|working|required|idle|waiting|busy)\b/iu.test(title)) return [];
  const sign = /^([^\p{L}\p{N}\s]\S?)\s/u.exec(title)?.[1];
  const word = /\b(?:ready|working|action required|idle|waiting|busy)\b/i.exec(title)?.[0];
  const line = word ? `\\b${word}\\b` : sign ? `^${sign}\\s` : null;
  const row = { at: -1, raw: title, inner: title, blank: false };
  return line === null ? [] : [{ line, isHint: false, row, region: 'title', value: 1 }];
}

const WORDS: Record<TaughtLabel, RegExp> = {
  idle: /\? for|shortcuts|type your|ask anything|ready|send\b/i,
  working: /(?:…|\.\.\.)|\b(?:esc|ctrl).{0,12}(?:interrupt|stop|cancel|abort)|\w{3}ing\b/i,
  question: /\?\s*$|\b(?:select|answer|submit|choose)\b/i,
  approval: /\b(?:allow|approve|permission|proceed|confirm|trust|yes|deny|reject)\b/i,
  limit: /\b(?:limit|quota|credits?|usage|429|resets?)\b/i,
  error: /\b(?:error|failed|failure|invalid|unauthorized|40[13]|50\d)\b/i,
};

/** Words of the label and hints are the best signs; long prose is what was said this one time. */
const worthOf = ({ isHint }: RowPattern, { inner }: Row, label: TaughtLabel): number =>
  (WORDS[label].test(inner) ? 6 : 0) + (isHint ? 4 : 0) - (!isHint && inner.trim().length > 50 ? 5 : 0);

/** Screens on which the rule must not match: labelled otherwise, or read as something that this screen was not taken for. */
const otherScreens = ({ kept, label, rules }: Lesson, judged: Label): Screen[] =>
  kept.flatMap(({ screen, label: known }) => {
    if (known !== null) return known === label ? [] : [screen];
    const reading = classify(screen, rules).label;
    return [label, judged, 'unknown'].includes(reading) ? [] : [screen];
  });

/** Rows move up and down: what is a little further up on another screen does not distinguish the two. */
function isOn(screen: Screen, { line, region }: Sign, rules: RuleSet): boolean {
  const pattern = new RegExp(line, 'u');
  const regions = cutRegions(readRows(screen), screen.title, rules.layout);
  const place = region.startsWith('bottom:') ? 'screen' : region;
  return regions.rows(place).some(({ raw, inner }) => pattern.test(raw) || pattern.test(inner));
}

function freeName(label: TaughtLabel, { rules }: RuleSet): string {
  for (let number = 1; ; number++) {
    const name = `learned-${label}-${number}`;
    if (rules.every((rule) => rule.name !== name)) return name;
  }
}
