import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import { homeFolder, paths } from '../../config/paths.ts';
import { count, list, noted, text } from '../../events/shapes.ts';
import { builtinRules, loadRules, ruleProviders } from '../../terminal/detection/load.ts';
import { PlainCommand } from '../command.ts';
import { columnsOf } from '../output/style.ts';
import { table } from '../output/table.ts';

const DetectorList = Type.Object(
  {
    path: noted(text, 'The folder for rules of your own.'),
    detectors: list(
      Type.Object({
        provider: text,
        rules: count,
        yours: noted(list(text), 'The names of those that are your own.'),
        seen: noted(list(text), 'The versions of the agent that they were seen to fit.'),
      }),
    ),
  },
  { description: 'Whose screens are known, and by how many rules.' },
);
type DetectorList = Static<typeof DetectorList>;

export default class DetectorsList extends PlainCommand<DetectorList> {
  static override paths = [['detectors', 'list']];
  static override report = DetectorList;
  static override usage = Command.Usage({
    category: 'Connect and configure',
    description: 'list whose screens are known, by how many rules, and what of it is yours',
    examples: [['All agents', '$0 detectors list']],
  });

  async work(): Promise<undefined> {
    const { detectors } = paths(homeFolder(this.context.env));
    const folders = [builtinRules(), detectors];
    const rows = ruleProviders(folders).map((provider) => {
      const { rules } = loadRules(provider, folders);
      const yours = rules.filter(({ file }) => file.startsWith(detectors)).map(({ name }) => name);
      const seen = [...new Set(rules.flatMap((rule) => rule.seen))].sort();
      return { provider, rules: rules.length, yours, seen };
    });
    this.print({ path: detectors, detectors: rows }, (all) =>
      table(
        ['provider', 'rules', 'yours', 'seen on'],
        all.detectors.map((row) => [
          row.provider,
          String(row.rules),
          row.yours.join(', ') || '-',
          row.seen.join(', ') || '-',
        ]),
        columnsOf(this.context.stdout),
      ),
    );
  }
}
