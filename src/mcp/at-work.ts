import { loadConfig } from '../config/load.ts';
import type { House } from '../workers/house.ts';
import { beTruthful } from '../workers/reconcile.ts';

/** A change of config.yaml holds from the next call on, and the ledger is true before it is asked. */
export async function atWork(house: House): Promise<House> {
  const { config, warnings } = await loadConfig(house.home, house.env);
  Object.assign(house, { config, warnings });
  await beTruthful(house);
  return house;
}
