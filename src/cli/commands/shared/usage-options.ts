import { enabledProvider } from '../../../config/named-provider.ts';
import type { Config } from '../../../config/schema.ts';
import { interactiveAllowed } from '../../../usage/asking/probe.ts';
import { BACKENDS } from '../../../usage/backends/index.ts';
import { DEFAULT_BACKEND } from '../../../usage/capacity/known-summary.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { LedgerCommand } from '../../grammar/command.ts';
import { Option, oneOf, pagerOption, plainOption } from '../../grammar/option.ts';

/** What the commands that may ask providers for their limits have in common. */
export abstract class UsageCommand<Report> extends LedgerCommand<Report> {
  /** Limits have nothing to do with workers: nobody waits for a look at those. */
  protected override reconciles = false;

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

  protected request(app: AppContext) {
    return {
      providers: onlyProvider(app.config, this.provider),
      backend: this.backend,
      interactive: interactiveAllowed(app.env, this.interactive),
    };
  }
}

/** The provider that was named, as a list; null where none was. Throws for one that is unknown or switched off. */
export const onlyProvider = (config: Config, provider: string | undefined): string[] | null =>
  provider === undefined ? null : [enabledProvider(config, provider)];
