import { existsSync } from 'node:fs';
import { Command } from 'clipanion';
import { FilePlace } from '../../../../config/file/report-schema.ts';
import { ConfigCommand } from './config-command.ts';

export default class ConfigPath extends ConfigCommand<FilePlace> {
  static override paths = [['config', 'path']];
  static override report = FilePlace;
  static override usage = Command.Usage({
    category: 'Connect',
    description: 'Print the path of the config in use',
    details: 'AGENTPOOL_CONFIG if it is set, else config.yaml in AGENTPOOL_HOME. The file need not exist.',
    examples: [['Open it in your editor', '$EDITOR "$($0 config path)"']],
  });

  async work(): Promise<undefined> {
    const path = this.file();
    this.print({ path, exists: existsSync(path) }, (config) => config.path);
  }
}
