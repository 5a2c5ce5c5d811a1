import { Command } from 'clipanion';
import { readPreferences } from '../../../config/preferences.ts';
import { plainRecord } from '../../../report/text/plain.ts';
import { providerTable } from '../../../report/views/limits/provider-table.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { listProviders, ProviderList } from '../../../workers/queries/inventory.ts';
import { LedgerCommand } from '../../grammar/ledger-command.ts';
import { pagerFlag, plainFlag } from '../../grammar/option.ts';

export default class Providers extends LedgerCommand<ProviderList> {
  static override paths = [['providers']];
  static override report = ProviderList;
  static override usage = Command.Usage({
    category: 'Limits',
    description: 'List known agents, and which are signed in',
    examples: [['List them', '$0 providers']],
  });
  override plain = plainFlag('one provider');
  override pager = pagerFlag();

  protected override reconciles = false;

  async run(app: AppContext): Promise<undefined> {
    const providers = await listProviders(app);
    const list = { providers, preferences: readPreferences(app.paths.preferences) };
    await this.show(list, () => providerTable(providers, this.context.stdout), plainly);
  }
}

const plainly = ({ providers }: ProviderList): string[] =>
  providers.map(({ id, installed, version, auth, models, binary_path }) =>
    plainRecord(id, installed ? 'installed' : 'missing', version, auth.status, models.length, binary_path),
  );
