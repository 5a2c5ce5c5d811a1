import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import { AgentPoolError } from '../../lib/errors.ts';
import { table } from '../../report/text/table.ts';
import { explained } from '../../report/views/explained.ts';
import { Score } from '../../terminal/detection/score.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { sessionNamed } from '../../workers/core/named-session.ts';
import { Explanation, explainScreen, explainWorker, scoreScreens } from '../../workers/queries/explain.ts';
import { LedgerCommand } from '../grammar/command.ts';
import { Option, pagerOption, plainOption } from '../grammar/option.ts';

const ExplainReport = Type.Union([Explanation, Score]);
type ExplainReport = Static<typeof ExplainReport>;

export default class Explain extends LedgerCommand<ExplainReport> {
  static override paths = [['explain']];
  static override report = ExplainReport;
  static override usage = Command.Usage({
    category: 'See how it goes',
    description: 'why a worker, or a captured screen, counts as what it does',
    details: `
      Tells the rule, the region and the very lines that a judgement rests on, what else matched and why it lost, and
      how the state came about that the ledger has. A screen from a file is judged the same way; a folder with an
      index.json of labelled screens is scored.
    `,
    examples: [
      ['A worker now', '$0 explain @last'],
      ['A captured screen', '$0 explain --provider claude-code --screen screen.txt'],
      ['How well the rules do', '$0 explain --screens my-screens'],
    ],
  });

  session = Option.String({ required: false, name: 'SESSION' });
  provider = Option.String('--provider', { description: 'whose rules judge the screen' });
  screen = Option.String('--screen', { description: 'a captured screen, plain or with colours' });
  title = Option.String('--title', '', { description: "the terminal's title with it" });
  screens = Option.String('--screens', { description: 'a folder of labelled screens, with an index.json' });
  override plain = plainOption();
  override pager = pagerOption();

  async run(app: AppContext): Promise<undefined> {
    const { detectors } = app.paths;
    const { session, provider, screen: file, screens, title } = this;
    if ([session, file, screens].filter((given) => given !== undefined).length !== 1) throw oneOfThem();
    if (screens !== undefined) {
      await this.show(scoreScreens(detectors, screens), scored);
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

function scored({ screens, accuracy, confusion }: Score): string {
  const wrong = screens.filter(({ judged, label }) => judged !== label);
  const judged = [...new Set(screens.map((screen) => screen.judged))].sort();
  const rows = Object.entries(confusion)
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([label, counts]) => [label, ...judged.map((word) => String(counts[word] ?? '·'))]);
  return [
    `${screens.length - wrong.length} of ${screens.length} as labelled (${(accuracy * 100).toFixed(1)} %)`,
    '',
    table(['label \\ judged', ...judged], rows, 200),
    ...(wrong.length > 0 ? [''] : []),
    ...wrong.map((each) => `${each.file}: ${each.label}, judged ${each.judged} (${each.rule ?? 'no rule'})`),
  ].join('\n');
}

const oneOfThem = () =>
  new AgentPoolError('USAGE', 'explain takes a session, or --provider with --screen, or --screens.', {
    example: 'agentpool explain @last',
  });
