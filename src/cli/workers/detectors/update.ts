import Type, { type Static } from 'typebox';
import { readRuleSource } from '../../../agents/rules/offered.ts';
import { dropUpdate, type RuleUpdate, ruleUpdate, takeUpdate } from '../../../agents/rules/updates.ts';
import { screenRules, screenRulesWith, versionsSeen } from '../../../agents/screen-rules.ts';
import { fullProviderId } from '../../../config/provider-ids.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { count, flag, list, noted, nullable, text } from '../../../lib/shapes.ts';
import { shell } from '../../../lib/text/shell.ts';
import { type Paint, paint } from '../../../report/text/style.ts';
import { tilde } from '../../../report/text/tilde.ts';
import { coloured } from '../../../report/views/workers/patch.ts';
import { effectOf } from '../../../terminal/detection/learning/effect.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { keptScreens } from '../../../workers/queries/kept-screens.ts';
import type { Call } from '../../output/call.ts';
import { confirmed } from '../terminal/confirmed.ts';
import { changeLines, KeptChange } from './changes.ts';

export const RulesTaken = Type.Object(
  {
    provider: text,
    taken: noted(flag, 'Whether these rules are now in force.'),
    undone: noted(flag, 'With `--undo`: whether the rules that came with AgentPool are in force again.'),
    from: nullable(text),
    sha256: nullable(text),
    path: noted(nullable(text), 'The file that holds them here.'),
    rules_before: count,
    rules_after: count,
    versions: noted(list(text), 'The versions of the agent that they were tried with.'),
    diff: noted(text, 'Unified; empty where nothing differs.'),
    kept_screens: noted(count, 'How many screens that are kept here were read with them.'),
    changes: noted(list(KeptChange), 'Those of them that are read otherwise.'),
  },
  { description: 'Rules for one agent that were offered, and what became of them.' },
);
export type RulesTaken = Static<typeof RulesTaken>;

interface Options {
  from: string | undefined;
  digest: string | undefined;
  undo: string | undefined;
  dryRun: boolean;
  yes: boolean;
}

/** `agentpool detectors update`. Returns 1 if the person said no. */
export async function run(
  call: Call<RulesTaken>,
  { from, digest, undo, dryRun, yes }: Options,
  app: AppContext,
): Promise<number | undefined> {
  if ((from === undefined) === (undo === undefined))
    throw new AgentPoolError('USAGE', 'detectors update takes --from, or --undo.', {
      example: 'agentpool detectors update --from codex-cli.yaml --dry-run',
    });
  const { detectors } = app.paths;
  if (undo !== undefined) return goBack(call, fullProviderId(undo, app.config.custom_providers), app);
  const place = from ?? '';
  const source = await readRuleSource(place, { env: app.env, sha256: digest });
  const update = ruleUpdate(place, source, detectors);
  const report = await reportOf(place, update, app);
  const take = !dryRun && update.diff !== '' && (yes || (await isWanted(call, report)));
  if (take) {
    report.path = await takeUpdate(update, { from: place, detectors, now: new Date() });
    report.taken = true;
  }
  call.print(report, (each) => inWords(each, call, { wasAsked: !yes && !dryRun }));
  return take || dryRun || update.diff === '' ? undefined : 1;
}

async function reportOf(from: string, update: RuleUpdate, app: AppContext): Promise<RulesTaken> {
  const { provider, content, source, before, after, diff } = update;
  const { detectors } = app.paths;
  const kept = await keptScreens(app, provider);
  const next = screenRulesWith(content, detectors, { replaces: true, path: from });
  return {
    provider,
    taken: false,
    undone: false,
    from,
    sha256: source.sha256,
    path: null,
    rules_before: before,
    rules_after: after,
    versions: content.versions ?? [],
    diff,
    kept_screens: kept.length,
    changes: effectOf(kept, screenRules(provider, detectors), next),
  };
}

/** Shows what would change, and asks. @throws INVALID_REQUEST without a terminal to ask at. */
const isWanted = (call: Call<unknown>, report: RulesTaken): Promise<boolean> =>
  confirmed(call, {
    lines: (color) => shown(report, color),
    question: `Take these rules for ${report.provider}?`,
    alone: new AgentPoolError(
      'INVALID_REQUEST',
      `The rules of ${report.provider} would change, and there is no terminal to ask at. Nothing was taken. Look at them with --dry-run, then add --yes.`,
      { example: shell`agentpool detectors update --from ${report.from ?? ''} --dry-run` },
    ),
  });

/** What the rules are, and what they change. */
const shown = (report: RulesTaken, color: Paint): string[] => [
  ...coloured(report.diff.trimEnd().split('\n'), color),
  '',
  `${report.provider}: ${report.rules_before} rules now, ${report.rules_after} with these${report.versions.length > 0 ? `, which were tried with ${report.versions.join(', ')}` : ''}`,
  `sha256 ${report.sha256}`,
  ...changeLines(report.kept_screens, report.changes, color),
];

function inWords(report: RulesTaken, call: Call<unknown>, { wasAsked }: { wasAsked: boolean }): string {
  const { provider, diff, taken, path } = report;
  if (diff === '') return `${provider}: these rules are in force already`;
  const outcome = taken
    ? `${provider}: taken, in ${tilde(path ?? '')}; back with agentpool detectors update --undo ${provider}`
    : `${provider}: nothing was taken`;
  return (wasAsked ? [outcome] : [...shown(report, paint(call.context.stdout)), '', outcome]).join('\n');
}

/** `--undo` */
function goBack(call: Call<RulesTaken>, provider: string, { paths: { detectors } }: AppContext): undefined {
  const undone = dropUpdate(provider, detectors);
  const report: RulesTaken = {
    provider,
    taken: false,
    undone,
    from: null,
    sha256: null,
    path: null,
    rules_before: 0,
    rules_after: screenRules(provider, detectors).rules.length,
    versions: versionsSeen(provider, detectors),
    diff: '',
    kept_screens: 0,
    changes: [],
  };
  call.print(report, () =>
    undone
      ? `${provider}: the rules that came with AgentPool are in force again`
      : `${provider}: no other rules were taken for it`,
  );
  return undefined;
}
