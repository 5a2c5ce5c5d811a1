import { readPreferences } from '../../config/preferences.ts';
import type { Config } from '../../config/schema.ts';
import { BACKENDS } from '../../usage/backends/index.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { choice, type DecisionContext, flag, maybeText, seconds } from '../parameters.ts';
import { reading, tool } from '../tool.ts';
import { usageForHost } from '../untrusted.ts';

const provider_id = maybeText('one provider; null is all');
const asking = {
  provider_id,
  refresh: flag(false, 'ask the providers now; slower'),
  backend: choice(BACKENDS, 'combined'),
  timeout_seconds: seconds(25, 'what is known is told when they take longer'),
};
/** The same without the words: a model reads them once. */
const briefly = {
  provider_id: maybeText(),
  refresh: flag(false),
  backend: choice(BACKENDS, 'combined'),
  timeout_seconds: seconds(25),
};
type Asking = DecisionContext<typeof asking>;

const summaryShape = {
  checked_at: 'string',
  source: 'string',
  partial: 'boolean',
  providers: 'object',
  counts: 'object',
  next_available_provider: 'string?',
  next_available_at: 'string?',
} as const;
const snapshotShape = {
  backend: 'string',
  source: 'string',
  partial: 'boolean',
  snapshots: 'array',
} as const;

/** What is known of the limits before anything is handed over. */
export const limits = [
  tool({
    name: 'get_usage_summary',
    description:
      'What is left of every subscription: who is usable now, who is not and why, who comes back when. Start here before you delegate, then spawn_worker. AgentPool never chooses for you.',
    params: asking,
    output: summaryShape,
    annotations: reading,
    run: (app, given) => summary(app, given),
  }),
  tool({
    name: 'get_capacity_summary',
    description: 'The same as get_usage_summary.',
    params: briefly,
    output: summaryShape,
    annotations: reading,
    run: (app, given) => summary(app, given),
  }),
  tool({
    name: 'get_usage_snapshot',
    description: 'The samples behind the summary, with their source. Rarely needed.',
    params: briefly,
    output: snapshotShape,
    annotations: reading,
    run: async (app, given) => {
      const asked = given.refresh ? await inTime(given, snapshots(app, given, false)) : null;
      return asked ?? { ...(await snapshots(app, given, true)), partial: given.refresh };
    },
  }),
  tool({
    name: 'get_cached_usage_snapshot',
    description: 'The last samples in the ledger; asks nobody.',
    params: { provider_id },
    output: snapshotShape,
    annotations: reading,
    run: (app, { provider_id }) => snapshots(app, { provider_id, backend: 'combined' }, true),
  }),
  tool({
    name: 'get_inventory',
    description:
      'Which agents are installed and signed in, their models and capabilities, the policy, the preferences. Use it to pick provider_id and model for spawn_worker.',
    params: { include_usage: flag(true) },
    output: {
      checked_at: 'string',
      policy: 'object',
      preferences: 'object',
      providers: 'array',
      runtimes: 'array',
    },
    annotations: reading,
    run: async (app, { include_usage }) => {
      const { takeInventory } = await import('../../workers/queries/inventory.ts');
      const { providers, ...inventory } = await takeInventory(app);
      const reported = providers.map((row) => ({
        ...row,
        usage: include_usage && row.usage ? usageForHost(row.usage) : null,
      }));
      return { ...inventory, providers: reported };
    },
  }),
  tool({
    name: 'get_provider_models',
    description:
      'Models and reasoning efforts that spawn_worker may be given. Other model names go through as they are.',
    params: { provider_id },
    output: { providers: 'array', preferences: 'object' },
    annotations: reading,
    run: async (app, { provider_id }) => {
      const { listModels } = await import('../../workers/queries/models.ts');
      return listModels(app, await only(app.config, provider_id));
    },
  }),
  tool({
    name: 'get_delegation_preferences',
    description: 'When the user wants you to delegate, and to whom. Read it before the first spawn_worker.',
    params: {},
    output: { path: 'string', exists: 'boolean', text: 'string', digest: 'array' },
    annotations: reading,
    run: (app) => ({ text: '', ...readPreferences(app.paths.preferences, { text: true }) }),
  }),
];

async function summary(app: AppContext, given: Asking) {
  const { usageSummary } = await import('../../usage/capacity/summary.ts');
  const providers = await only(app.config, given.provider_id);
  const ask = (refresh: boolean) =>
    usageSummary(app, {
      providers,
      backend: given.backend,
      // A terminal that opens by itself is nothing that a host may cause.
      interactive: false,
      refresh,
    });
  const asked = await inTime(given, ask(given.refresh));
  const summed = asked ?? { ...(await ask(false)), partial: true };
  const reported = Object.entries(summed.providers).map(([id, row]) => [id, usageForHost(row)]);
  return { ...summed, providers: Object.fromEntries(reported) };
}

async function snapshots(
  app: AppContext,
  { provider_id, backend }: Pick<Asking, 'provider_id' | 'backend'>,
  cached: boolean,
) {
  const { usageSnapshots } = await import('../../usage/capacity/summary.ts');
  const request = { providers: await only(app.config, provider_id), backend, interactive: false, cached };
  const found = await usageSnapshots(app, request);
  return { ...found, snapshots: found.snapshots.map(usageForHost) };
}

/** What was asked; null when it takes too long. The answers go into the ledger all the same, once they come. */
async function inTime<T>({ timeout_seconds }: Asking, asked: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((done) => {
    timer = setTimeout(() => done(null), timeout_seconds * 1000);
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
    asked.catch(() => {});
  }
}

async function only(config: Config, provider: string | null): Promise<string[] | null> {
  if (provider === null) return null;
  const { enabledProvider } = await import('../../config/named-provider.ts');
  return [enabledProvider(config, provider)];
}
