import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import { FilePlace } from '../../../config/file/report-schema.ts';
import { homeFolder, paths } from '../../../config/paths.ts';
import { initPreferences, readPreferences } from '../../../config/preferences.ts';
import { Preferences, PreferencesInit } from '../../../config/preferences-schema.ts';
import { outcomeLine } from '../../../report/text/outcome.ts';
import { paint } from '../../../report/text/style.ts';
import { PlainCommand } from '../../grammar/command.ts';
import { argument, flag, oneOf, pagerFlag, value } from '../../grammar/option.ts';

const ACTIONS = ['show', 'init', 'path'] as const;

const PreferencesReport = Type.Union([Preferences, PreferencesInit, FilePlace], {
  description: 'The preferences; with `init` what became of the file, with `path` where it is.',
});
type PreferencesReport = Static<typeof PreferencesReport>;

export default class PreferencesCommand extends PlainCommand<PreferencesReport> {
  static override paths = [['preferences']];
  static override report = PreferencesReport;
  static override usage = Command.Usage({
    category: 'Connect',
    description: 'Show or edit what agents should know before they delegate',
    details: `
      A Markdown file of yours, preferences.md in AGENTPOOL_HOME. Agents read it; AgentPool itself never acts on it. \`show\` prints it (or the template, which agents read until you write your own), \`init\` writes the template, \`path\` prints its path.
    `,
    examples: [
      ['Read the preferences', '$0 preferences'],
      ['Start from the template', '$0 preferences init'],
      ['Open them in your editor', '$EDITOR "$($0 preferences path)"'],
    ],
  });

  action = argument('show|init|path', { takes: oneOf(ACTIONS) });
  file = value('--path', 'another file than preferences.md in AGENTPOOL_HOME');
  force = flag('--force,--yes', 'with init: replace an existing file, after a backup');
  dryRun = flag('--dry-run', 'with init: show what would be written, and write nothing');
  override pager = pagerFlag();

  async work(): Promise<undefined> {
    const { env } = this.context;
    const file = this.file === undefined ? paths(homeFolder(env)).preferences : resolve(this.file);
    if (this.action === 'init') this.#init(file);
    else if (this.action === 'path') this.#where(file);
    else await this.#show(file);
  }

  async #show(file: string): Promise<void> {
    const preferences = readPreferences(file, { text: true });
    await this.show(preferences, ({ text }) => text ?? '');
    if (this.json) return;
    const { stderr } = this.context;
    if (preferences.warning) stderr.write(`${paint(stderr).yellow('!')} ${preferences.warning}\n`);
    else if (!preferences.exists) {
      stderr.write(
        paint(stderr).dim(
          '\nYou have written nothing yet; this is what agents read. Start: agentpool preferences init\n',
        ),
      );
    }
  }

  #init(file: string): void {
    const { stdout } = this.context;
    const written = initPreferences(file, { force: this.force, dryRun: this.dryRun });
    this.print(written, (done) => outcomeLine(done, stdout));
  }

  #where(file: string): void {
    this.print({ path: file, exists: existsSync(file) }, ({ path }) => path);
  }
}
