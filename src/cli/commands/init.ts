import { resolve } from 'node:path';
import { Command } from 'clipanion';
import { HomeInit, initHome } from '../../config/init.ts';
import { homeFolder } from '../../config/paths.ts';
import { nextSteps, outcomeLine } from '../../report/text/outcome.ts';
import { PlainCommand } from '../grammar/command.ts';
import { Option } from '../grammar/option.ts';

export default class Init extends PlainCommand<HomeInit> {
  static override paths = [['init']];
  static override report = HomeInit;
  static override usage = Command.Usage({
    category: 'Start',
    description: 'make a home for AgentPool: folders, a config, preferences',
    details: `
      Writes config.yaml (every key explained, the defaults in force) and preferences.md into AGENTPOOL_HOME, which is ~/.agentpool unless it is set. Files that are there stay as they are; with \`--force\` both are written anew, after a copy of each.
    `,
    examples: [
      ['Make the home', '$0 init'],
      ['See what would be written', '$0 init --force --dry-run'],
    ],
  });

  configPath = Option.String('--path', { description: 'another file than config.yaml of the home' });
  force = Option.Boolean('--force,--yes', false, { description: 'replace what is there, after a backup' });
  dryRun = Option.Boolean('--dry-run', false, { description: 'only say what would be written' });

  async work(): Promise<undefined> {
    const { env } = this.context;
    const initialized = await initHome(homeFolder(env), {
      env,
      force: this.force,
      dryRun: this.dryRun,
      ...(this.configPath === undefined ? {} : { configPath: resolve(this.configPath) }),
    });
    this.print(initialized, (done) => this.#words(done));
  }

  #words(done: HomeInit): string {
    const { stdout } = this.context;
    const { preferences } = done;
    const config = { ...done, path: done.config_path };
    return [
      outcomeLine(config, stdout),
      outcomeLine(preferences, stdout),
      ...done.warnings.map((warning) => `  ! ${warning}`),
      ...(done.dry_run ? [] : nextSteps(done.next_commands, stdout)),
    ].join('\n');
  }
}
