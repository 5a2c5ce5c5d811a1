import { resetWords } from '../../lib/time/reset-words/index.ts';
import type { Screen } from '../screen/screen.ts';
import type { Classification, Label, Warning } from './classification-schema.ts';
import { readDialog } from './dialogs/choices.ts';
import { type Match, matchRule } from './rules/match.ts';
import { cutRegions, type Regions } from './rules/regions.ts';
import type { RulePattern } from './rules/rule-pattern.ts';
import type { RuleSet } from './rules/rule-set.ts';
import { withinLimit } from './rules/users-pattern.ts';
import { joinRows, type Row, readRows, squeeze } from './screen/rows.ts';

export type { Classification, Label, Warning };

export interface ClassifyOptions {
  /** Text that AgentPool typed to this worker: where the screen repeats it, the worker did not write it. */
  echo?: string;
}

const evidenceOf = (match: Match): string[] => match.rows.map((row) => row.raw.trim());

/**
 * Classifies one screen. Pure: the same screen and rules give the same answer. The lowest live block wins, a dialog
 * beats what is drawn around it, and matches from earlier turns do not count.
 * @throws RULES_INVALID if a pattern of a user's own rules takes too long.
 */
export function classify(screen: Screen, rules: RuleSet, options: ClassifyOptions = {}): Classification {
  const work = () => classifyScreen(screen, rules, options);
  return rules.isUsers || rules.fallback?.isUsers ? withinLimit(work) : work();
}

function classifyScreen(screen: Screen, rules: RuleSet, options: ClassifyOptions): Classification {
  const rows = readRows(screen, options.echo);
  const own = classifyRows(rows, screen, rules);
  if (own.label !== 'unknown' || !rules.fallback) return own;
  const general = classifyRows(rows, screen, rules.fallback);
  return {
    ...general,
    warnings: [...own.warnings, ...general.warnings],
    others: [...own.others, ...general.others],
  };
}

function classifyRows(rows: Row[], { title, cols }: Screen, rules: RuleSet): Classification {
  const regions = cutRegions(rows, title, rules.layout, cols);
  const matches = [...rules.rules, ...(rules.beside ?? [])].flatMap((rule) => matchRule(rule, regions) ?? []);
  const current = matches.filter((match) => !match.superseded);
  const notes = current.filter(isNote);
  const ranked = current.filter((match) => !isNote(match)).sort(byRank);
  const winner = ranked[0];
  const lost = winner ? ranked.slice(1).map((match) => lostMatch(match, whyOutranked(match, winner))) : [];
  const stale = matches.flatMap((match) => (match.superseded ? [lostMatch(match, match.superseded)] : []));

  return {
    ...(winner
      ? outcomeOf(winner, regions, cols)
      : { label: 'unknown' as const, overage: false, evidence: [] }),
    warnings: notes.map((note) => warningOf(note, regions)),
    ...(continuesItself(winner, notes) ? { continues_itself: true as const } : {}),
    others: [...lost, ...stale],
    regions: spans(regions),
  };
}

/** Said by a rule, or shown by a client that is at its limit and tries again. */
const continuesItself = (winner: Match | undefined, notes: readonly Match[]): boolean =>
  [...(winner ? [winner] : []), ...notes].some(({ rule }) => rule.continuesItself) ||
  (winner?.rule.yields === 'limit' && notes.some(({ rule }) => rule.yields === 'retrying'));

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

function outcomeOf(match: Match, regions: Regions, cols: number) {
  const { rule } = match;
  const label = rule.yields === 'overage' ? 'limit' : rule.yields;
  const dialog = label === 'approval' || label === 'question' || rule.yields === 'overage' || rule.startup;
  const { question, choices, form } = match.asked || !dialog ? {} : readDialog(dialogRows(regions), cols);
  const asked = match.asked ?? captured(rule.question, match, regions) ?? question;
  const resets = label === 'limit' ? resetOf(match, regions) : undefined;
  return {
    label: label as Label,
    overage: rule.yields === 'overage',
    rule: rule.name,
    region: rule.region,
    evidence: evidenceOf(match),
    ...(rule.startup ? { startup: rule.startup } : {}),
    ...(dialog && asked ? { question: asked } : {}),
    ...(choices && choices.length > 0 ? { choices } : {}),
    ...(form ? { form } : {}),
    ...(resets ? { resets_at_text: resets } : {}),
    ...(rule.safeKey ? { safe_key: rule.safeKey } : {}),
    ...(rule.still ? { still: rule.still } : {}),
  };
}

/** The rows of the dialog: below the input box or in its place, near the bottom. */
const dialogRows = (regions: Regions): Row[] =>
  regions.box ? regions.rows('screen').slice(-40) : regions.rows('dialog');

function warningOf(match: Match, regions: Regions): Warning {
  const resets = match.rule.yields === 'limit_warning' ? resetOf(match, regions) : undefined;
  return {
    kind: match.rule.yields === 'retrying' ? 'retrying' : 'limit_warning',
    text: squeeze(match.rows.map((row) => row.inner).join(' ')),
    rule: match.rule.name,
    ...(match.rule.paid ? { paid: true as const } : {}),
    ...(resets ? { resets_at_text: resets } : {}),
  };
}

/** The first group of a pattern in the evidence and the few rows below it, into which a banner may wrap. */
function captured(pattern: RulePattern | undefined, match: Match, regions: Regions): string | undefined {
  if (!pattern) return undefined;
  return pattern.exec(joinRows(nearRows(match, regions)).text)?.[1]?.trim() || undefined;
}

function nearRows(match: Match, regions: Regions): Row[] {
  const rows = regions.rows(match.rule.region);
  const at = rows.findIndex((row) => row.at === match.rows[0]?.at);
  return at < 0 ? rows : rows.slice(at, at + 5);
}

/** How far above a dialog its notice may be. */
const NOTICE_ROWS = 20;

/**
 * What the screen says about the reset of a limit: in the words of the rule's own pattern, beside its evidence, or in
 * the notice that a menu covers.
 */
function resetOf(match: Match, regions: Regions): string | undefined {
  const own = captured(match.rule.resets, match, regions);
  if (own !== undefined) return own;
  const beside = resetWords(joinRows(nearRows(match, regions)).text);
  if (beside?.isTime) return beside.words;
  const notices = regions.rows('turn').slice(-NOTICE_ROWS);
  for (const [index, row] of [...notices.entries()].reverse()) {
    if (!NAMES_LIMIT.test(row.inner)) continue;
    const words = resetWords(joinRows(notices.slice(index, index + 2)).text);
    if (words?.isTime) return words.words;
  }
  return beside?.words;
}

const NAMES_LIMIT = /\b(?:limit|quota|credits|usage)\b/i;

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
