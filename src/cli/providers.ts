import { Command } from 'clipanion';
import { readPreferences } from '../config/preferences.ts';
import type { House } from '../workers/house.ts';
import { listProviders, ProviderList } from '../workers/inventory.ts';
import { ListCommand } from './list-command.ts';
import { providerTable } from './output/provider-table.ts';

export default class Providers extends ListCommand<ProviderList> {
  static override paths = [['providers']];
  static override report = ProviderList;
  static override usage = Command.Usage({
    category: 'See what is left',
    description: 'which agents AgentPool knows, and which are signed in',
    examples: [['List them', '$0 providers']],
  });

  protected override truthful = false;

  async list(house: House): Promise<undefined> {
    const providers = await listProviders(house);
    this.print({ providers, preferences: readPreferences(house.paths.preferences) }, (list) =>
      providerTable(list.providers, this.context.stdout),
    );
  }
}
