import { Command } from 'clipanion';
import { columnsOf } from '../../../report/text/style.ts';
import { wrap } from '../../../report/text/wrap.ts';
import { providerTable } from '../../../report/views/limits/provider-table.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { Inventory, takeInventory } from '../../../workers/queries/inventory.ts';
import { LedgerCommand } from '../../grammar/ledger-command.ts';
import { flag, pagerFlag, plainFlag } from '../../grammar/option.ts';

export default class InventoryCommand extends LedgerCommand<Inventory> {
  static override paths = [['inventory']];
  static override report = Inventory;
  static override usage = Command.Usage({
    category: 'Limits',
    description: 'List installed agents and the models they take',
    details: 'Looks at this machine only; no provider is asked for limits.',
    examples: [['Print everything that a choice needs', '$0 inventory --json']],
  });
  includeFakes = flag('--include-fakes', 'list our own fake agents, too');
  override plain = plainFlag();
  override pager = pagerFlag();

  protected override reconciles = false;

  async run(app: AppContext): Promise<undefined> {
    const inventory = await takeInventory(app, { includeFakes: this.includeFakes });
    await this.show(inventory, (taken) => this.#human(taken));
  }

  #human({ providers, runtimes, policy, preferences }: Inventory): string {
    const { stdout } = this.context;
    const runs = runtimes.map(
      ({ kind, path }) => `${kind} ${path === null ? 'is not installed' : `at ${path}`}`,
    );
    const may = [
      `${policy.max_parallel_sessions} workers at once`,
      `${policy.default_isolation.replace('_', ' ')} unless you say otherwise`,
      ...(policy.denied_providers.length > 0 ? [`never ${policy.denied_providers.join(', ')}`] : []),
      ...(policy.allowed_providers.length > 0 ? [`only ${policy.allowed_providers.join(', ')}`] : []),
      `below ${policy.min_remaining_percent} % left counts as used up`,
    ];
    const width = columnsOf(stdout) - 2;
    const points = preferences.digest.flatMap((point) =>
      wrap(point, width - 2).map((line, index) => `  ${index === 0 ? '·' : ' '} ${line}`),
    );
    return [
      providerTable(providers, stdout),
      '',
      ...wrap(`Workers run in ${runs.join(', ')}. Policy: ${may.join(', ')}.`, width),
      `Preferences (${preferences.path}):`,
      ...points,
    ].join('\n');
  }
}
