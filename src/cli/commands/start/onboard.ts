import { Command } from 'clipanion';
import { loadConfig } from '../../../config/file/load.ts';
import { configFile, homeFolder } from '../../../config/paths.ts';
import { Onboarding, onboarding } from '../../../hosts/onboarding.ts';
import { resources, resourceTemplates } from '../../../mcp/resources/resources.ts';
import { columnsOf, paint } from '../../../report/text/style.ts';
import { wrap } from '../../../report/text/wrap.ts';
import { PlainCommand } from '../../grammar/command.ts';
import { pagerFlag } from '../../grammar/option.ts';

export default class Onboard extends PlainCommand<Onboarding> {
  static override paths = [['onboard']];
  static override report = Onboarding;
  static override usage = Command.Usage({
    category: 'Start',
    description: 'Print what a new user or agent needs to know',
    details:
      'For a person; with --json for an agent that delegates. Creates nothing, and contacts no provider.',
    examples: [['Start here', '$0 onboard']],
  });
  override pager = pagerFlag();

  async work(): Promise<undefined> {
    const { env } = this.context;
    const home = homeFolder(env);
    const { paths } = await loadConfig(home, env);
    const uris = [
      ...resources.map(({ uri }) => uri),
      ...resourceTemplates(false).map(({ uriTemplate }) => uriTemplate),
    ];
    const reported = await onboarding({ env, paths, configPath: configFile(home, env) }, uris);
    await this.show(reported, (facts) => this.#words(facts));
  }

  #words({ first_commands, rules, preferences, config_path, db_path }: Onboarding): string {
    const { stdout } = this.context;
    const color = paint(stdout);
    const list = (items: readonly string[]) =>
      items.flatMap((item) =>
        wrap(item, columnsOf(stdout) - 4).map((line, index) => `  ${index === 0 ? '·' : ' '} ${line}`),
      );
    return [
      color.bold('First'),
      ...first_commands.map((command) => `  ${command}`),
      '',
      color.bold('Rules for agents that delegate'),
      ...list(rules),
      '',
      color.bold(`Your preferences (${preferences.path})`),
      ...list(preferences.digest),
      '',
      color.dim(`config ${config_path}`),
      color.dim(`ledger ${db_path}`),
      color.dim('hosts  agentpool mcp-config --client claude-code --install'),
    ].join('\n');
  }
}
