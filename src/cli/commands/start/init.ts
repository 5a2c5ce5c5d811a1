import { resolve } from 'node:path';
import { Command } from 'clipanion';
import { HomeInit, initHome } from '../../../config/init.ts';
import { homeFolder } from '../../../config/paths.ts';
import { nextSteps, outcomeLine } from '../../../report/text/outcome.ts';
import { PlainCommand } from '../../grammar/command.ts';
import { flag, value } from '../../grammar/option.ts';

export default class Init extends PlainCommand<HomeInit> {
  static override paths = [['init']];
  static override report = HomeInit;
  static override usage = Command.Usage({
    category: 'Start',
    description: "Create AgentPool's home: folders, config, preferences",
    details: `
      Writes config.yaml (every key explained, with its default) and preferences.md into AGENTPOOL_HOME, by default ~/.agentpool. Existing files are kept; with \`--force\` both are replaced, after a backup of each.
    `,
    examples: [
      ['Create the home', '$0 init'],
      ['Show what would be written', '$0 init --force --dry-run'],
    ],
  });

  configPath = value('--path', 'write the config to this file instead');
  force = flag('--force,--yes', 'replace existing files, after a backup');
  dryRun = flag('--dry-run', 'show what would be written, and write nothing');

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
