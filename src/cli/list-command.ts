import type { House } from '../workers/house.ts';
import { HouseCommand } from './command.ts';
import { Option } from './option.ts';
import { page } from './output/pager.ts';
import { plainLines } from './output/plain.ts';

/** A command that shows a list: for a person page by page, for grep one figure a line. */
export abstract class ListCommand<Report = unknown> extends HouseCommand<Report> {
  plain = Option.Boolean('--plain', false, { description: 'one figure a line, for grep and cut' });
  pager = Option.Boolean('--pager', true, {
    description: 'what is longer than the terminal goes through your pager; --no-pager forbids it',
  });
  #mayPage = false;

  abstract list(house: House): Promise<number | undefined> | number | undefined;

  run(house: House): Promise<number | undefined> | number | undefined {
    this.#mayPage = house.config.pager;
    return this.list(house);
  }

  override print<T extends Report>(value: T, human: (value: T) => string): void {
    if (this.json) {
      super.print(value, human);
      return;
    }
    const text = this.plain ? this.plainly(value).join('\n') : human(value);
    const { stdout, env } = this.context;
    const line = `${text.replace(/\n$/, '')}\n`;
    if (this.#mayPage && this.pager) page(line, stdout, env);
    else stdout.write(line);
  }

  /** The lines of --plain. */
  protected plainly(value: Report): string[] {
    return plainLines(value);
  }
}
