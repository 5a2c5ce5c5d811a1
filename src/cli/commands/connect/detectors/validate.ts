import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import { homeFolder, paths } from '../../../../config/paths.ts';
import { flag, list, text } from '../../../../lib/shapes.ts';
import { checkRuleFile } from '../../../../terminal/detection/rules/rule-file.ts';
import { RuleProblem } from '../../../../terminal/detection/rules/schema.ts';
import { PlainCommand } from '../../../grammar/command.ts';
import { rest } from '../../../grammar/option.ts';

const RulesReport = Type.Object(
  { ok: flag, files: list(text), problems: list(RuleProblem) },
  { description: 'What is wrong with rules of your own. The exit code is 1 where anything is.' },
);
type RulesReport = Static<typeof RulesReport>;

export default class DetectorsValidate extends PlainCommand<RulesReport> {
  static override paths = [['detectors', 'validate']];
  static override report = RulesReport;
  static override usage = Command.Usage({
    category: 'Connect',
    description: 'Check your own detection rules, or the files you name',
    examples: [
      ['Check all of them', '$0 detectors validate'],
      ['Check one file', '$0 detectors validate claude-code.yaml'],
    ],
  });

  file = rest('FILE');

  async work(): Promise<number> {
    const { detectors } = paths(homeFolder(this.context.env));
    const files = this.file.length > 0 ? this.file : ruleFiles(detectors);
    const problems = files.flatMap(problemsOf);
    this.print({ ok: problems.length === 0, files, problems }, ({ ok }) =>
      ok
        ? files.length > 0
          ? files.map((file) => `${file}: ok`).join('\n')
          : `no rules of your own in ${detectors}`
        : problems
            .map(({ file, line, rule, what }) => `${file}:${line}: ${rule ? `rule ${rule}: ` : ''}${what}`)
            .join('\n'),
    );
    return problems.length === 0 ? 0 : 1;
  }
}

function ruleFiles(folder: string): string[] {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.filter((name) => /\.ya?ml$/.test(name)).map((name) => join(folder, name));
}

function problemsOf(file: string): RuleProblem[] {
  return existsSync(file) ? checkRuleFile(file) : [{ file, line: 0, what: 'there is no such file' }];
}
