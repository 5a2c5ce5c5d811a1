import type { StyleRun } from '../../screen/screen.ts';
import { isActivity } from '../evidence/activity.ts';
import { hintsOf } from '../evidence/hints.ts';
import { askedAtTheEnd } from '../screen/prose.ts';
import type { Row } from '../screen/rows.ts';
import type { Regions } from './regions.ts';
import type { RulePattern } from './rule-pattern.ts';
import type { Condition, Rule } from './rule-set.ts';
import type { StyleSource } from './schema.ts';

/** A rule whose conditions all match, and its evidence. */
export interface Match {
  rule: Rule;
  /** The rows that the first condition found; empty for a rule that only names what is absent. */
  rows: Row[];
  /** The question that an `asks` condition found in the message. */
  asked?: string;
  /** Set when something newer on the screen overrides the match. */
  superseded?: string;
}

/** The evidence for a rule on this screen; undefined when it does not match. */
export function matchRule(rule: Rule, regions: Regions): Match | undefined {
  if (rule.box && (rule.box === 'present') !== (regions.box !== undefined)) return undefined;
  const found: Hit[] = [];
  for (const condition of rule.when) {
    const hit = evaluate(condition, rule, regions);
    if (!hit) return undefined;
    found.push(hit);
  }
  if (rule.any.length > 0) {
    const hit = firstHit(rule.any, rule, regions);
    if (!hit) return undefined;
    found.push(hit);
  }
  for (const condition of rule.unless) if (evaluate(condition, rule, regions)) return undefined;
  const first = found[0] ?? { rows: [] };
  const superseded = whySuperseded(first.rows.at(-1), rule, regions);
  return {
    rule,
    rows: first.rows,
    ...(first.asked ? { asked: first.asked } : {}),
    ...(superseded ? { superseded } : {}),
  };
}

interface Hit {
  rows: Row[];
  asked?: string;
}

function firstHit(conditions: Condition[], rule: Rule, regions: Regions): Hit | undefined {
  for (const condition of conditions) {
    const hit = evaluate(condition, rule, regions);
    if (hit) return hit;
  }
  return undefined;
}

function evaluate(condition: Condition, rule: Rule, regions: Regions): Hit | undefined {
  const region = condition.region ?? rule.region;
  const { test, within } = condition;
  switch (test.kind) {
    case 'line': {
      const row = regions.rows(region, within).findLast((row) => matchesRow(test.pattern, row, test.style));
      return row && { rows: [row] };
    }
    case 'text': {
      const joined = regions.joined(region, within);
      const match = lastMatch(test.pattern, joined.text);
      if (!match) return undefined;
      const from = joined.rowAt(match.index);
      const to = joined.rowAt(match.index + Math.max(0, match.text.length - 1));
      return { rows: between(regions.rows(region, within), from, to) };
    }
    case 'opens': {
      const blocks = regions.blocks(region, within ?? 1);
      const found = blocks.findLast(
        ({ text, failed }) => (failed || !test.failed) && test.pattern.test(text),
      );
      return found && { rows: found.rows };
    }
    case 'hint': {
      const row = regions.rows(region, within).findLast((other) => hintsOf(other).has(test.does));
      return row && { rows: [row] };
    }
    case 'activity': {
      const row = regions.rows(region, within).findLast(isActivity);
      return row && { rows: [row] };
    }
    case 'dialog':
      return regions.dialog() === test.waitsFor
        ? {
            rows: regions
              .rows('dialog')
              .filter(({ blank }) => !blank)
              .slice(-3),
          }
        : undefined;
    case 'asks': {
      const message = regions.rows('message');
      const asked = askedAtTheEnd(message);
      return asked === undefined ? undefined : { rows: message.filter((row) => !row.blank).slice(-3), asked };
    }
  }
}

function matchesRow(pattern: RulePattern, row: Row, style: StyleSource | undefined): boolean {
  const match = pattern.exec(row.raw);
  if (!match && (row.inner === row.raw || !pattern.test(row.inner))) return false;
  if (!style || !row.runs) return true;
  const start = match ? match.index : 0;
  const end = match ? start + match[0].length : row.raw.length;
  return row.runs.some((run) => run.start < end && start < run.end && hasStyle(run, style));
}

const hasStyle = (run: StyleRun, style: StyleSource): boolean =>
  (Object.keys(style) as (keyof StyleSource)[]).every((key) => (run[key] ?? false) === style[key]);

function lastMatch(pattern: RulePattern, text: string): { index: number; text: string } | undefined {
  // Most rules match nothing on most screens.
  if (!pattern.mayMatch(text) || text.search(pattern.regex) < 0) return undefined;
  const match = [...text.matchAll(pattern.regex)].at(-1);
  return match && { index: match.index, text: match[0] };
}

function between(rows: Row[], from: Row | undefined, to: Row | undefined): Row[] {
  if (!from || !to) return [];
  return rows.filter((row) => row.at >= from.at && row.at <= to.at && !row.blank);
}

/** Why the match no longer counts: the first row below the evidence that belongs to a newer turn or answer. */
function whySuperseded(evidence: Row | undefined, rule: Rule, regions: Regions): string | undefined {
  if (!evidence || rule.supersededBy.length === 0) return undefined;
  const below = regions.rows('above').filter((row) => row.at > evidence.at);
  const row = below.find((row) => rule.supersededBy.some((pattern) => pattern.test(row.raw)));
  return row && `row ${row.at + 1} is newer: ${row.raw.trim()}`;
}
