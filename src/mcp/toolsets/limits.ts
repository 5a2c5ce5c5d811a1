import { readPreferences } from '../../config/preferences.ts';
import type { Config } from '../../config/schema.ts';
import { BACKENDS } from '../../usage/backends/index.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { type Arguments, choice, flag, maybeText, seconds } from '../parameters.ts';
import { reading, tool } from '../tool.ts';
import { usageForHost } from '../untrusted.ts';

const provider_id = maybeText('one provider; null is all');
const described = {
  provider_id,
  refresh: flag(false, 'ask the providers now; slower'),
  backend: choice(BACKENDS, 'combined'),
  timeout_seconds: seconds(25, 'after this, known data is returned'),
};
/** The same without descriptions: a model reads them once. */
const undescribed = {
  provider_id: maybeText(),
  refresh: flag(false),
  backend: choice(BACKENDS, 'combined'),
  timeout_seconds: seconds(25),
};
type UsageArguments = Arguments<typeof described>;

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

/** What is known of the limits before a delegation. */
export const limits = [
  tool({
    name: 'get_usage_summary',
    description:
      'What is left of every subscription: which providers are usable now, which are not and why, and when they reset. Call it before spawn_worker. AgentPool never chooses for you.',
    params: described,
    output: summaryShape,
    annotations: reading,
    run: (app, args) => summary(app, args),
  }),
  tool({
    name: 'get_capacity_summary',
    description: 'The same as get_usage_summary.',
    params: undescribed,
    output: summaryShape,
    annotations: reading,
    run: (app, args) => summary(app, args),
  }),
  tool({
    name: 'get_usage_snapshot',
    description: 'The samples behind the summary. Rarely needed.',
    params: undescribed,
    output: snapshotShape,
    annotations: reading,
    run: async (app, args) => {
      const asked = args.refresh ? await withTimeout(args, snapshots(app, args, false)) : null;
      return asked ?? { ...(await snapshots(app, args, true)), partial: args.refresh };
    },
  }),
  tool({
    name: 'get_cached_usage_snapshot',
    description: 'The last samples in the ledger; contacts no provider.',
    params: { provider_id },
    output: snapshotShape,
    annotations: reading,
    run: (app, { provider_id }) => snapshots(app, { provider_id, backend: 'combined' }, true),
  }),
  tool({
    name: 'get_inventory',
    description:
      'Which agents are installed and signed in, their models and capabilities, the policy, the preferences. Use it to choose provider_id and model for spawn_worker.',
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
      const rows = providers.map((row) => ({
        ...row,
        usage: include_usage && row.usage ? usageForHost(row.usage) : null,
      }));
      return { ...inventory, providers: rows };
    },
  }),
  tool({
    name: 'get_provider_models',
    description: 'Models and reasoning efforts for spawn_worker. Other names are passed on unchanged.',
    params: { provider_id },
    output: { providers: 'array', preferences: 'object' },
    annotations: reading,
    run: async (app, { provider_id }) => {
      const { listModels } = await import('../../workers/queries/models.ts');
      return listModels(app, await providersOf(app.config, provider_id));
    },
  }),
  tool({
    name: 'get_delegation_preferences',
    description: 'When and to whom the user wants you to delegate. Read it before the first spawn_worker.',
    params: {},
    output: { path: 'string', exists: 'boolean', text: 'string', digest: 'array' },
    annotations: reading,
    run: (app) => ({ text: '', ...readPreferences(app.paths.preferences, { text: true }) }),
  }),
];

async function summary(app: AppContext, args: UsageArguments) {
  const { usageSummary } = await import('../../usage/capacity/summary.ts');
  const providers = await providersOf(app.config, args.provider_id);
  const ask = (refresh: boolean) =>
    usageSummary(app, {
      providers,
      backend: args.backend,
      // A host must not cause a terminal to open.
      interactive: false,
      refresh,
    });
  const asked = await withTimeout(args, ask(args.refresh));
  const answer = asked ?? { ...(await ask(false)), partial: true };
  const rows = Object.entries(answer.providers).map(([id, row]) => [id, usageForHost(row)]);
  return { ...answer, providers: Object.fromEntries(rows) };
}

async function snapshots(
  app: AppContext,
  { provider_id, backend }: Pick<UsageArguments, 'provider_id' | 'backend'>,
  cached: boolean,
) {
  const { usageSnapshots } = await import('../../usage/capacity/summary.ts');
  const request = {
    providers: await providersOf(app.config, provider_id),
    backend,
    interactive: false,
    cached,
  };
  const found = await usageSnapshots(app, request);
  return { ...found, snapshots: found.snapshots.map(usageForHost) };
}

/** Resolves to null when the answer takes too long. It is still recorded in the ledger when it arrives. */
async function withTimeout<T>({ timeout_seconds }: UsageArguments, asked: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<null>((done) => {
    timer = setTimeout(() => done(null), timeout_seconds * 1000);
  });
  try {
    return await Promise.race([asked, timeout]);
  } finally {
    clearTimeout(timer);
    asked.catch(() => {});
  }
}

async function providersOf(config: Config, provider: string | null): Promise<string[] | null> {
  if (provider === null) return null;
  const { enabledProvider } = await import('../../config/named-provider.ts');
  return [enabledProvider(config, provider)];
}
