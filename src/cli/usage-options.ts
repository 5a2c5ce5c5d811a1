import type { Config } from '../config/schema.ts';
import { spawnableProvider } from '../providers/registry.ts';
import { BACKENDS } from '../usage/backends.ts';
import { DEFAULT_BACKEND } from '../usage/known-summary.ts';
import { interactiveAllowed } from '../usage/probe.ts';
import type { House } from '../workers/house.ts';
import { HouseCommand } from './command.ts';
import { Option, oneOf, pagerOption, plainOption } from './option.ts';

/** What the commands that may ask providers for their limits have in common. */
export abstract class UsageCommand<Report> extends HouseCommand<Report> {
  /** Limits have nothing to do with workers: nobody waits for a look at those. */
  protected override truthful = false;

  override plain = plainOption();
  override pager = pagerOption();
  provider = Option.String('--provider', { description: 'of one provider only' });
  backend = Option.String('--backend', DEFAULT_BACKEND, {
    description: `who is asked: ${BACKENDS.join(', ')}`,
    validator: oneOf(BACKENDS),
  });
  interactive = Option.Boolean('--interactive,--interactive-usage', true, {
    description: 'let a source start the agent in a terminal of its own; --no-interactive forbids it',
  });

  protected wish(house: House) {
    return {
      providers: onlyProvider(house.config, this.provider),
      backend: this.backend,
      interactive: interactiveAllowed(house.env, this.interactive),
    };
  }
}

/** The provider that was named, as a list; null where none was. Throws for one that is unknown or switched off. */
export const onlyProvider = (config: Config, provider: string | undefined): string[] | null =>
  provider === undefined ? null : [spawnableProvider(config, provider).id];
