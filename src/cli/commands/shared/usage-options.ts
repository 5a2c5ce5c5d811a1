import { keysNamed } from '../../../config/accounts.ts';
import type { Config } from '../../../config/schema.ts';
import { shell } from '../../../lib/text/shell.ts';
import { interactiveAllowed } from '../../../usage/asking/probe.ts';
import { BACKENDS } from '../../../usage/backends/index.ts';
import { DEFAULT_BACKEND } from '../../../usage/capacity/known-summary.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { LedgerCommand } from '../../grammar/ledger-command.ts';
import { flag, oneOf, pagerFlag, plainFlag, value } from '../../grammar/option.ts';

/** The base of the commands that can ask providers for their limits. */
export abstract class UsageCommand<Report> extends LedgerCommand<Report> {
  /** Limits do not depend on workers, so dead processes are not recorded first. */
  protected override reconciles = false;

  override plain = plainFlag();
  override pager = pagerFlag();
  provider = value('--provider', 'only this provider');
  backend = value('--backend', `how to ask: ${BACKENDS.join(', ')}`, {
    takes: oneOf(BACKENDS),
    initially: DEFAULT_BACKEND,
  });
  interactive = flag(
    '--interactive,--interactive-usage',
    'start no agent in a terminal, and skip the sources that need one (they are asked by default)',
    true,
  );

  protected request(app: AppContext) {
    return {
      providers: onlyProvider(app.config, this.provider, this.path[0]),
      backend: this.backend,
      interactive: interactiveAllowed(app.env, this.interactive),
    };
  }
}

/** The keys of the named provider's accounts, or of the named account; null if none is named. Throws as `keysNamed` does. */
export const onlyProvider = (
  config: Config,
  provider: string | undefined,
  command = 'usage',
): string[] | null =>
  provider === undefined
    ? null
    : keysNamed(config, provider, (name) => shell`agentpool ${command} --provider ${name}`);
