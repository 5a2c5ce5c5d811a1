import { resolve } from 'node:path';
import { configFile, homeFolder } from '../../../../config/paths.ts';
import { PlainCommand } from '../../../grammar/command.ts';
import { value } from '../../../grammar/option.ts';

/** The base of the config commands: which file they read. */
export abstract class ConfigCommand<Report> extends PlainCommand<Report> {
  named = value('--path', 'another file than the one in use');

  file(): string {
    const { env } = this.context;
    return this.named === undefined ? configFile(homeFolder(env), env) : resolve(this.named);
  }
}
