import type { ModelDescriptor } from '../events/catalogue/providers.ts';
import type { Projection } from './projection.ts';
import type { Rows } from './reader.ts';

/** The last list of models that each agent reported: one row per provider. */
export const listedModels: Projection = {
  name: 'listed_models',
  version: 1,
  tables: ['listed_models'],
  schema: `
    CREATE TABLE {listed_models} (
      provider_id TEXT PRIMARY KEY,
      /** JSON: the list, as reported. */
      models TEXT NOT NULL,
      listed_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
  apply: {
    'provider.models_listed': (tables, { occurred_at, data }) =>
      tables.run(
        'INSERT OR REPLACE INTO {listed_models} VALUES (?, ?, ?)',
        data.provider_id,
        JSON.stringify(data.models),
        occurred_at,
      ),
  },
};

/** The last list of each agent, by provider; without providers that never reported one. */
export const modelsListed = (rows: Rows): Record<string, ModelDescriptor[]> =>
  Object.fromEntries(
    rows
      .all<{ provider_id: string; models: string }>('SELECT provider_id, models FROM listed_models')
      .map(({ provider_id, models }) => [provider_id, JSON.parse(models) as ModelDescriptor[]]),
  );
