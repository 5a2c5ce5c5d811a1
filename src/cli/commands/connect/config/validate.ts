import { Command } from 'clipanion';
import { validateConfig } from '../../../../config/file/load.ts';
import { ConfigReport } from '../../../../config/file/report-schema.ts';
import { paint } from '../../../../report/text/style.ts';
import { ConfigCommand } from './config-command.ts';

export default class ConfigValidate extends ConfigCommand<ConfigReport> {
  static override paths = [['config', 'validate']];
  static override report = ConfigReport;
  static override usage = Command.Usage({
    category: 'Connect',
    description: 'Check a config, and suggest what to write instead',
    details:
      'Reports each fault with its line and column. Exits with 1 when the file is unusable; a warning is not an error.',
    examples: [
      ['Check the config in use', '$0 config validate'],
      ['Check a file before you put it in place', '$0 config validate --path draft.yaml'],
    ],
  });

  async work(): Promise<number> {
    const report = await validateConfig(this.file(), { mustExist: this.named !== undefined });
    this.print(report, (checked) => this.#words(checked));
    return report.ok ? 0 : 1;
  }

  #words({ ok, path, exists, errors, warnings }: ConfigReport): string {
    const color = paint(this.context.stdout);
    const verdict = ok ? (exists ? 'can be used' : 'is not there: the defaults hold') : 'cannot be used';
    return [
      `${ok ? color.green('✓') : color.red('✗')} ${path} ${verdict}`,
      ...errors.map((line) => `  ${color.red('✗')} ${line}`),
      ...warnings.map((line) => `  ${color.yellow('!')} ${line}`),
    ].join('\n');
  }
}
