import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import { updatesFolder } from '../../../../agents/rules/updated-rules.ts';
import { ruleLayers, screenRules, versionsSeen } from '../../../../agents/screen-rules.ts';
import { homeFolder, paths } from '../../../../config/paths.ts';
import { count, flag, list, noted, text } from '../../../../lib/shapes.ts';
import { plainRecord } from '../../../../report/text/plain.ts';
import { columnsOf } from '../../../../report/text/style.ts';
import { table } from '../../../../report/text/table.ts';
import { ruleProviders } from '../../../../terminal/detection/rules/load.ts';
import { PlainCommand } from '../../../grammar/command.ts';
import { pagerFlag, plainFlag } from '../../../grammar/option.ts';

const DetectorList = Type.Object(
  {
    path: noted(text, 'The folder of your own rules.'),
    detectors: list(
      Type.Object({
        provider: text,
        rules: count,
        custom_rules: noted(list(text), 'The names of your own rules among them.'),
        seen: noted(list(text), 'The versions, as far as they are known, whose screens led to single rules.'),
        versions: noted(
          list(text),
          'The versions of the agent that its rules were tried with, oldest first.',
        ),
        updated: noted(
          flag,
          'Whether rules that were taken with `detectors update` are in the place of ours.',
        ),
      }),
    ),
  },
  { description: 'The agents whose screens are known, and by how many rules.' },
);
type DetectorList = Static<typeof DetectorList>;

export default class DetectorsList extends PlainCommand<DetectorList> {
  static override paths = [['detectors', 'list']];
  static override report = DetectorList;
  static override usage = Command.Usage({
    category: 'Connect',
    description: 'List the agents whose screens are known, and your own rules',
    examples: [['List all agents', '$0 detectors list']],
  });
  override plain = plainFlag('one provider');
  override pager = pagerFlag();

  async work(): Promise<undefined> {
    const { detectors } = paths(homeFolder(this.context.env));
    const rows = ruleProviders(ruleLayers(detectors)).map((provider) => {
      const { rules } = screenRules(provider, detectors);
      const updates = updatesFolder(detectors);
      const isUpdate = ({ file }: { file: string }) => file.startsWith(updates);
      const isOwn = (rule: { file: string }) => rule.file.startsWith(detectors) && !isUpdate(rule);
      const custom_rules = rules.filter(isOwn).map(({ name }) => name);
      const seen = [...new Set(rules.flatMap((rule) => rule.seen))].sort();
      return {
        provider,
        rules: rules.length,
        custom_rules,
        seen,
        versions: versionsSeen(provider, detectors),
        updated: rules.some(isUpdate),
      };
    });
    await this.show(
      { path: detectors, detectors: rows },
      (all) =>
        table(['PROVIDER', 'RULES', 'CUSTOM', 'SEEN ON'], cellsOf(all), columnsOf(this.context.stdout)),
      (all) => cellsOf(all).map((cells) => plainRecord(...cells)),
    );
  }
}

const cellsOf = ({ detectors }: DetectorList): string[][] =>
  detectors.map(({ provider, rules, custom_rules, versions, updated }) => [
    provider,
    `${rules}${updated ? ' (updated)' : ''}`,
    custom_rules.join(', ') || '-',
    versions.join(', ') || '-',
  ]);
