import { Command } from 'clipanion';
import { stringify } from 'yaml';
import { configForPrint, loadConfig } from '../../../../config/file/load.ts';
import { homeFolder } from '../../../../config/paths.ts';
import { type Config, configSchema } from '../../../../config/schema.ts';
import { pagerFlag, plainFlag } from '../../../grammar/option.ts';
import { ConfigCommand } from './config-command.ts';

export default class ConfigPrint extends ConfigCommand<Config> {
  static override paths = [['config', 'print']];
  static override report = configSchema;
  static override usage = Command.Usage({
    category: 'Connect',
    description: 'Print every setting with its value in use',
    details:
      'The defaults overlaid with your file, as YAML. Values of environment variables for custom providers are hidden.',
    examples: [
      ['Print all settings', '$0 config print'],
      ['Read one value', '$0 config print --json | jq .policy.max_parallel_sessions'],
    ],
  });
  override plain = plainFlag();
  override pager = pagerFlag();

  async work(): Promise<undefined> {
    const { env, stderr } = this.context;
    const { config, warnings } = await loadConfig(homeFolder(env), { ...env, AGENTPOOL_CONFIG: this.file() });
    await this.show(configForPrint(config), (values) => stringify(values));
    if (warnings.length > 0 && !this.json) {
      stderr.write(`! ${warnings.length} of your lines look wrong: agentpool config validate\n`);
    }
  }
}
