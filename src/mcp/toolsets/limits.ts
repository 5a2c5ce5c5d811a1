import { readPreferences } from '../../config/preferences.ts';
import { choice, flag } from '../arguments/parameters.ts';
import { spawn } from '../next-tool.ts';
import { asking, reading, tool } from '../tool.ts';
import { described, provider_id, providersOf, summary, summaryShape } from '../usage-answers.ts';

/** What is known of the limits before a delegation. */
export const limits = [
  tool({
    name: 'get_usage_summary',
    description:
      'What is left of every subscription: which providers are usable now, which are not and why, and when they reset. Call it before spawn_worker. AgentPool never chooses for you.',
    params: described,
    output: summaryShape,
    annotations: asking,
    run: (app, args) => summary(app, args),
    next: ({ answer: { counts }, args }) => {
      // Limits that are not known refuse no spawn.
      if (counts.usable > 0 || counts.unknown > 0) return { name: 'get_inventory', arguments: {} };
      return args.refresh ? null : { name: 'get_usage_summary', arguments: { refresh: true } };
    },
  }),
  tool({
    name: 'get_inventory',
    description:
      'The installed agents that you can choose for spawn_worker: sign-in, models, what is left, and the policy. detail=full has everything that is known, also of agents that are not installed.',
    params: { include_usage: flag(true), detail: choice<'summary' | 'full'>(['summary', 'full'], 'summary') },
    output: {
      checked_at: 'string',
      policy: 'object',
      preferences: 'object',
      providers: 'array',
      runtimes: 'array',
    },
    annotations: reading,
    run: async (app, args) => {
      const { inventoryForHost } = await import('../inventory.ts');
      return inventoryForHost(app, args);
    },
    next: () => spawn(),
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
    next: ({ args: { provider_id } }) => spawn(provider_id === null ? {} : { provider_id }),
  }),
  tool({
    name: 'get_delegation_preferences',
    description: 'When and to whom the user wants you to delegate. Read it before the first spawn_worker.',
    params: {},
    output: { path: 'string', exists: 'boolean', text: 'string', digest: 'array' },
    annotations: reading,
    run: (app) => ({ text: '', ...readPreferences(app.paths.preferences, { text: true }) }),
    next: () => ({ name: 'get_usage_summary', arguments: {} }),
  }),
];
