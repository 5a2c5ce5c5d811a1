import { allowedPath } from '../allowed-path.ts';
import { flag, maybeText, maybeWords } from '../parameters.ts';
import { reading, tool } from '../tool.ts';
import { usageForHost } from '../untrusted.ts';

/** More on who could be given work. */
export const usageTools = [
  tool({
    name: 'filter_candidates',
    description:
      'The installed providers that meet your conditions, and why the others do not. Recommends nothing.',
    params: {
      required_capabilities: maybeWords('of get_inventory'),
      avoid_statuses: maybeWords('such as limit_reached, near_limit'),
      allowed_providers: maybeWords('only these'),
      include_usage_unknown: flag(true),
    },
    output: { candidates: 'array', excluded: 'array' },
    annotations: reading,
    run: async (app, given) => {
      const { filterCandidates } = await import('../../workers/queries/candidates.ts');
      const { candidates, excluded } = await filterCandidates(app, {
        requiredCapabilities: given.required_capabilities ?? [],
        avoidStatuses: given.avoid_statuses ?? [],
        allowedProviders: given.allowed_providers,
        includeUnknown: given.include_usage_unknown,
      });
      const reported = candidates.map((each) => ({ ...each, usage: each.usage && usageForHost(each.usage) }));
      return { candidates: reported, excluded };
    },
  }),
  tool({
    name: 'validate_model_catalog',
    description: "What is wrong with a model catalogue of the user's own.",
    params: { path: maybeText('null: those of config.yaml') },
    output: { ok: 'boolean', path: 'string', errors: 'array', warnings: 'array' },
    annotations: reading,
    run: async (app, { path }) => {
      const { validateModels } = await import('../../workers/queries/models.ts');
      return validateModels(app, path === null ? undefined : allowedPath(app, path));
    },
  }),
];
