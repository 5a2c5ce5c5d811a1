import type { Screen } from '../screen/screen.ts';
import { readDialog } from './choices.ts';
import type { Classification, Label, Warning } from './classification-schema.ts';
import { type Match, matchRule } from './match.ts';
import { cutRegions, type Regions } from './regions.ts';
import { joinRows, type Row, readRows, squeeze } from './rows.ts';
import type { RuleSet } from './rule-set.ts';

export type { Classification, Label, Warning };

export interface ClassifyOptions {
  /** Text that AgentPool typed to this worker: where the screen repeats it, the worker did not write it. */
  echo?: string;
}

const evidenceOf = (match: Match): string[] => match.rows.map((row) => row.raw.trim());

/**
 * Classifies one screen. Pure: the same screen and rules give the same answer. The lowest live block wins, a dialog
 * beats what is drawn around it, and matches from earlier turns do not count.
 */
export function classify(screen: Screen, rules: RuleSet, options: ClassifyOptions = {}): Classification {
  const rows = readRows(screen, options.echo);
  const own = classifyRows(rows, screen.title, rules);
  if (own.label !== 'unknown' || !rules.fallback) return own;
  const general = classifyRows(rows, screen.title, rules.fallback);
  return {
    ...general,
    warnings: [...own.warnings, ...general.warnings],
    others: [...own.others, ...general.others],
  };
}

function classifyRows(rows: Row[], title: string, rules: RuleSet): Classification {
  const regions = cutRegions(rows, title, rules.layout);
  const matches = rules.rules.flatMap((rule) => matchRule(rule, regions) ?? []);
  const current = matches.filter((match) => !match.superseded);
  const notes = current.filter(isNote);
  const ranked = current.filter((match) => !isNote(match)).sort(byRank);
  const winner = ranked[0];
  const lost = winner ? ranked.slice(1).map((match) => lostMatch(match, whyOutranked(match, winner))) : [];
  const stale = matches.flatMap((match) => (match.superseded ? [lostMatch(match, match.superseded)] : []));

  return {
    ...(winner ? outcomeOf(winner, regions) : { label: 'unknown' as const, overage: false, evidence: [] }),
    warnings: notes.map((note) => warningOf(note, regions)),
    others: [...lost, ...stale],
    regions: spans(regions),
  };
}

const isNote = ({ rule }: Match): boolean => rule.yields === 'limit_warning' || rule.yields === 'retrying';

const lowest = (match: Match): number => match.rows.at(-1)?.at ?? -1;

const byRank = (a: Match, b: Match): number => b.rule.priority - a.rule.priority || lowest(b) - lowest(a);

const whyOutranked = ({ rule }: Match, { rule: winner }: Match): string =>
  rule.priority === winner.priority
    ? `${winner.name} is lower on the screen`
    : `${winner.name} has priority ${winner.priority} over ${rule.priority}`;

const lostMatch = (match: Match, why: string): Classification['others'][number] => ({
  rule: match.rule.name,
  label: match.rule.yields,
  why,
  evidence: evidenceOf(match),
});

function outcomeOf(match: Match, regions: Regions) {
  const { rule } = match;
  const label = rule.yields === 'overage' ? 'limit' : rule.yields;
  const dialog = label === 'approval' || label === 'question' || rule.yields === 'overage' || rule.startup;
  const { question, choices } = match.asked || !dialog ? {} : readDialog(dialogRows(regions));
  const asked = match.asked ?? captured(rule.question, match, regions) ?? question;
  const resets = captured(rule.resets, match, regions);
  return {
    label: label as Label,
    overage: rule.yields === 'overage',
    rule: rule.name,
    region: rule.region,
    evidence: evidenceOf(match),
    ...(rule.startup ? { startup: rule.startup } : {}),
    ...(dialog && asked ? { question: asked } : {}),
    ...(choices && choices.length > 0 ? { choices } : {}),
    ...(resets ? { resets_at_text: resets } : {}),
  };
}

/** The rows of the dialog: below the input box or in its place, near the bottom. */
const dialogRows = (regions: Regions): Row[] =>
  regions.box ? regions.rows('screen').slice(-40) : regions.rows('dialog');

function warningOf(match: Match, regions: Regions): Warning {
  const resets = captured(match.rule.resets, match, regions);
  return {
    kind: match.rule.yields === 'retrying' ? 'retrying' : 'limit_warning',
    text: squeeze(match.rows.map((row) => row.inner).join(' ')),
    rule: match.rule.name,
    ...(resets ? { resets_at_text: resets } : {}),
  };
}

/** The first group of a pattern in the evidence and the few rows below it, into which a banner may wrap. */
function captured(pattern: RegExp | undefined, match: Match, regions: Regions): string | undefined {
  if (!pattern) return undefined;
  const rows = regions.rows(match.rule.region);
  const at = rows.findIndex((row) => row.at === match.rows[0]?.at);
  const near = at < 0 ? rows : rows.slice(at, at + 5);
  return pattern.exec(joinRows(near).text)?.[1]?.trim() || undefined;
}

function spans(regions: Regions): Classification['regions'] {
  const found: Classification['regions'] = {};
  for (const name of ['above', 'turn', 'message', 'live', 'box', 'below', 'dialog']) {
    const rows = regions.rows(name);
    const first = rows[0];
    const last = rows.at(-1);
    if (first && last) found[name] = { first: first.at + 1, last: last.at + 1 };
  }
  return found;
}
