import { resolve } from 'node:path';
import { configFile, homeFolder } from '../../../config/paths.ts';
import { PlainCommand } from '../../grammar/command.ts';
import { Option } from '../../grammar/option.ts';

/** What the commands about the config share: which file they look at. */
export abstract class ConfigCommand<Report> extends PlainCommand<Report> {
  named = Option.String('--path', { description: 'another file than the one in force' });

  file(): string {
    const { env } = this.context;
    return this.named === undefined ? configFile(homeFolder(env), env) : resolve(this.named);
  }
}
