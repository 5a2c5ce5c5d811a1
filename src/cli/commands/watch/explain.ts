import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import { AgentPoolError } from '../../../lib/errors.ts';
import { table } from '../../../report/text/table.ts';
import { explained } from '../../../report/views/workers/explained.ts';
import { Score } from '../../../terminal/detection/scoring/score.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { sessionNamed } from '../../../workers/core/sessions/named-session.ts';
import { Explanation, explainScreen, explainWorker, scoreScreens } from '../../../workers/queries/explain.ts';
import { LedgerCommand } from '../../grammar/ledger-command.ts';
import { flag, optionalWorker, pagerFlag, plainFlag, value } from '../../grammar/option.ts';

const ExplainReport = Type.Union([Explanation, Score]);
type ExplainReport = Static<typeof ExplainReport>;

export default class Explain extends LedgerCommand<ExplainReport> {
  static override paths = [['explain']];
  static override report = ExplainReport;
  static override usage = Command.Usage({
    category: 'Watch',
    description: 'Show why a screen was read the way it was',
    details: `
      Names the rule, the region and the lines that led to the answer, which other rules matched and why they lost, and how the state in the ledger came about. A captured screen is read from a file the same way. A folder of labelled screens, with an index.json, is scored.
    `,
    examples: [
      ['Explain the state of a worker', '$0 explain @last'],
      ['Explain a captured screen', '$0 explain --provider claude-code --screen screen.txt'],
      ['Score the rules on labelled screens', '$0 explain --screens my-screens'],
      ['See what is known of any agent', '$0 explain --screens my-screens --general'],
    ],
  });

  session = optionalWorker();
  provider = value('--provider', 'the agent whose rules read the screen');
  screen = value('--screen', 'a captured screen, plain or with colours');
  title = value('--title', "the terminal's title at that time", { initially: '' });
  screens = value('--screens', 'a folder of labelled screens, with an index.json');
  general = flag('--general', 'with --screens: read them as those of agents without rules of their own');
  override plain = plainFlag();
  override pager = pagerFlag();

  async run(app: AppContext): Promise<undefined> {
    const { detectors } = app.paths;
    const { session, provider, screen: file, screens, title } = this;
    if ([session, file, screens].filter((given) => given !== undefined).length !== 1) throw oneOfThem();
    if (screens !== undefined) {
      await this.show(scoreScreens(detectors, screens, { general: this.general }), scored);
    } else if (file !== undefined) {
      if (provider === undefined) throw oneOfThem();
      await this.#print(explainScreen(detectors, { provider, file, title }));
    } else {
      await this.#print(await explainWorker(app, sessionNamed(app, session ?? '@last')));
    }
  }

  #print(explanation: Explanation): Promise<void> {
    return this.show(explanation, (each) => explained(each, this.context.stdout));
  }
}

function scored({ screens, accuracy, confusion, providers }: Score): string {
  const wrong = screens.filter(({ judged, label }) => judged !== label);
  const judged = [...new Set(screens.map((screen) => screen.judged))].sort();
  const rows = Object.entries(confusion)
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([label, counts]) => [label, ...judged.map((word) => String(counts[word] ?? '·'))]);
  return [
    `${screens.length - wrong.length} of ${screens.length} as labelled (${(accuracy * 100).toFixed(1)} %)`,
    '',
    table(['label \\ judged', ...judged], rows, 200),
    '',
    table(['provider', 'right', 'screens', 'active, taken for failed or gone'], providerRows(providers), 200),
    ...(wrong.length > 0 ? [''] : []),
    ...wrong.map((each) => `${each.file}: ${each.label}, judged ${each.judged} (${each.rule ?? 'no rule'})`),
  ].join('\n');
}

const providerRows = (providers: Score['providers']): string[][] =>
  Object.entries(providers)
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([provider, { right, screens, misjudged_alive }]) => [
      provider,
      `${((right / screens) * 100).toFixed(0)} %`,
      `${right} of ${screens}`,
      misjudged_alive === 0 ? '·' : String(misjudged_alive),
    ]);

const oneOfThem = () =>
  new AgentPoolError('USAGE', 'explain takes a session, or --provider with --screen, or --screens.', {
    example: 'agentpool explain @last',
  });
