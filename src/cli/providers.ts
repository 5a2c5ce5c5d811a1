import { Command } from 'clipanion';
import { readPreferences } from '../config/preferences.ts';
import type { House } from '../workers/house.ts';
import { listProviders, ProviderList } from '../workers/inventory.ts';
import { HouseCommand } from './command.ts';
import { pagerOption, plainOption } from './option.ts';
import { plainRecord } from './output/plain.ts';
import { providerTable } from './output/provider-table.ts';

export default class Providers extends HouseCommand<ProviderList> {
  static override paths = [['providers']];
  static override report = ProviderList;
  static override usage = Command.Usage({
    category: 'See what is left',
    description: 'which agents AgentPool knows, and which are signed in',
    examples: [['List them', '$0 providers']],
  });
  override plain = plainOption('one provider');
  override pager = pagerOption();

  protected override truthful = false;

  async run(house: House): Promise<undefined> {
    const providers = await listProviders(house);
    const list = { providers, preferences: readPreferences(house.paths.preferences) };
    await this.show(list, () => providerTable(providers, this.context.stdout), plainly);
  }
}

const plainly = ({ providers }: ProviderList): string[] =>
  providers.map(({ id, installed, version, auth, models, binary_path }) =>
    plainRecord(id, installed ? 'installed' : 'missing', version, auth.status, models.length, binary_path),
  );
