import Type, { type Static } from 'typebox';
import { stringify } from 'yaml';
import { addOwnRule, ownRulesFile } from '../../../agents/rules/own-rules.ts';
import { screenRules, screenRulesWith } from '../../../agents/screen-rules.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { count, facts, flag, list, noted, nullable, text } from '../../../lib/shapes.ts';
import { shell } from '../../../lib/text/shell.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { rowAnsi } from '../../../report/replay/terminal/row-ansi.ts';
import { type Paint, paint } from '../../../report/text/style.ts';
import { tilde } from '../../../report/text/tilde.ts';
import { Label } from '../../../terminal/detection/classification-schema.ts';
import { classify } from '../../../terminal/detection/classify.ts';
import { effectOf, type KeptScreen } from '../../../terminal/detection/learning/effect.ts';
import { suggestRule, type TaughtLabel } from '../../../terminal/detection/learning/suggest.ts';
import type { RuleSet } from '../../../terminal/detection/rules/rule-set.ts';
import type { RuleSource } from '../../../terminal/detection/rules/schema.ts';
import { keepScreen, labelledScreens } from '../../../terminal/detection/scoring/labelled-screens.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { sessionNamed } from '../../../workers/core/sessions/named-session.ts';
import { sentTexts } from '../../../workers/core/words/sent-texts.ts';
import { keptScreens, labelledFolder } from '../../../workers/queries/kept-screens.ts';
import { type ShownScreen, shownScreen } from '../../../workers/queries/shown-screen.ts';
import type { Call } from '../../output/call.ts';
import { confirmed } from '../terminal/confirmed.ts';
import { changeLines, KeptChange } from './changes.ts';

export const LearnReport = Type.Object(
  {
    session_id: text,
    provider: text,
    label: Label,
    judged: noted(Label, 'What the screen was taken for.'),
    judged_by: noted(nullable(text), 'The rule that took it for that.'),
    rule: noted(nullable(facts), 'The rule, as it is in the file; null where the screen was read right.'),
    path: noted(nullable(text), 'The file of your own rules that has it, or would have it.'),
    written: noted(flag, 'Whether the rule is in force.'),
    screen: noted(nullable(text), 'The file in which the screen is kept with its label.'),
    kept_screens: noted(count, 'How many screens that are kept here were read with the rule.'),
    changes: noted(list(KeptChange), 'Those of them that are read otherwise.'),
  },
  { title: 'Lesson', description: 'What a screen means, as a person has said, and the rule that says so.' },
);
export type LearnReport = Static<typeof LearnReport>;

interface Options {
  session: string;
  label: TaughtLabel;
  row: number | undefined;
  dryRun: boolean;
  yes: boolean;
}

/** `agentpool detectors learn`. Returns 1 if the person said no. */
export async function run(
  call: Call<LearnReport>,
  { session: named, label, row, dryRun, yes }: Options,
  app: AppContext,
): Promise<number | undefined> {
  const session = sessionNamed(app, named);
  const shown = await shownScreen(app, session);
  const taught = await lessonOf(app, session, { shown, label, row });
  const { report, rule } = taught;
  const isWanted = !dryRun && (rule === null || yes || (await isConfirmed(call, report)));
  if (isWanted) {
    const { detectors } = app.paths;
    if (rule) report.path = await addOwnRule(detectors, report.provider, rule);
    report.written = rule !== null;
    report.screen = keepShown(app, report, shown);
  }
  call.print(report, (each) => inWords(each, call, { wasAsked: !yes && !dryRun }));
  return isWanted || dryRun ? undefined : 1;
}

async function lessonOf(
  app: AppContext,
  session: SessionRow,
  { shown, label, row }: { shown: ShownScreen; label: TaughtLabel; row: number | undefined },
): Promise<{ report: LearnReport; rule: RuleSource | null }> {
  const { detectors } = app.paths;
  const provider = session.provider_id;
  const rules = screenRules(provider, detectors);
  const echo = sentTexts(app, session).toString();
  const judged = classify(shown.screen, rules, { echo });
  const kept = await keptScreens(app, provider);
  const report: LearnReport = {
    session_id: session.id,
    provider,
    label,
    judged: judged.label,
    judged_by: judged.rule ?? null,
    rule: null,
    path: null,
    written: false,
    screen: null,
    kept_screens: kept.length,
    changes: [],
  };
  if (judged.label === label) return { report, rule: null };
  const rule = suggestRule({
    screen: shown.bare,
    label,
    rules,
    kept,
    echo,
    ...(row === undefined ? {} : { row }),
  });
  const path = ownRulesFile(detectors, provider);
  const next = rule && screenRulesWith({ provider, rules: [rule] }, detectors, { replaces: false, path });
  if (!rule || !next || classify(shown.screen, next, { echo }).label !== label)
    throw unclear(session, shown, { label, kept, rules: next, row });
  return { report: { ...report, rule, path, changes: effectOf(kept, rules, next) }, rule };
}

/** How many rows of a screen are shown where none of them will do. */
const ROWS = 16;

function unclear(
  { id }: SessionRow,
  { bare }: ShownScreen,
  {
    label,
    kept,
    rules,
    row,
  }: { label: string; kept: readonly KeptScreen[]; rules: RuleSet | null; row: number | undefined },
): AgentPoolError {
  const rows = bare.rows.flatMap(({ text }, at) =>
    text.trim() === '' ? [] : [`${String(at + 1).padStart(4)}  ${text}`],
  );
  const why = rules
    ? 'another rule of a higher priority still decides on it'
    : row === undefined
      ? `each row of it is also on one of the other ${kept.length} screens that are kept`
      : `row ${row} has no words that could be found again`;
  return new AgentPoolError(
    'NOTHING_TO_LEARN',
    `The screen of ${id} cannot be learned as ${label}: ${why}. Name a row that is only there when the worker is ${label}:\n${rows.slice(-ROWS).join('\n')}`,
    { session_id: id, example: shell`agentpool detectors learn ${id} --label ${label} --row N` },
  );
}

function keepShown(
  app: AppContext,
  { provider, label }: LearnReport,
  { picture, title }: ShownScreen,
): string {
  const folder = labelledFolder(app, provider);
  const names = new Set(labelledScreens(folder, { mayBeMissing: true }).map(({ file }) => file));
  let file = `${label}.ansi.txt`;
  for (let number = 2; names.has(file); number++) file = `${label}-${number}.ansi.txt`;
  const lines = picture.rows.map((row) => rowAnsi(row, Number.POSITIVE_INFINITY));
  const screen = { file, provider, label, ansi: true, ...(title === '' ? {} : { title }) };
  return keepScreen(folder, screen, `${lines.join('\n')}\n`);
}

/** Shows the rule and what it changes, and asks. @throws INVALID_REQUEST without a terminal to ask at. */
const isConfirmed = (call: Call<unknown>, report: LearnReport): Promise<boolean> => {
  const { session_id, label, path } = report;
  return confirmed(call, {
    lines: (color) => ruleLines(report, color),
    question: `Write this rule to ${tilde(path ?? '')}?`,
    alone: new AgentPoolError(
      'INVALID_REQUEST',
      'There is no terminal to ask at, and nothing was written. Look at the rule with --dry-run, then add --yes.',
      { session_id, example: shell`agentpool detectors learn ${session_id} --label ${label} --dry-run` },
    ),
  });
};

const ruleLines = (report: LearnReport, color: Paint): string[] => [
  `The screen of ${report.session_id} was read as ${report.judged}${report.judged_by ? ` (${report.judged_by})` : ''}. This rule reads it as ${report.label}:`,
  ...stringify([report.rule], { lineWidth: 100, defaultStringType: 'QUOTE_SINGLE', defaultKeyType: 'PLAIN' })
    .trimEnd()
    .split('\n')
    .map((line) => `  ${color.cyan(line)}`),
  ...changeLines(report.kept_screens, report.changes, color),
];

function inWords(report: LearnReport, call: Call<unknown>, { wasAsked }: { wasAsked: boolean }): string {
  const { session_id, label, judged_by, rule, path, written, screen } = report;
  const keptIn = screen === null ? [] : [`The screen is kept in ${tilde(screen)}.`];
  if (rule === null)
    return [`The screen of ${session_id} is read as ${label} already (${judged_by}).`, ...keptIn].join('\n');
  const outcome = written
    ? `Written to ${tilde(path ?? '')}; it applies from now on.`
    : 'Nothing was written.';
  return [...(wasAsked ? [] : ruleLines(report, paint(call.context.stdout))), outcome, ...keptIn].join('\n');
}
