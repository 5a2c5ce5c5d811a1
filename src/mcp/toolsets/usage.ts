import { allowedPath } from '../allowed-path.ts';
import { flag, maybeText, maybeWords } from '../parameters.ts';
import { reading, tool } from '../tool.ts';
import { toldUsage } from '../untrusted.ts';

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
    run: async (house, given) => {
      const { filterCandidates } = await import('../../workers/candidates.ts');
      const { candidates, excluded } = await filterCandidates(house, {
        requiredCapabilities: given.required_capabilities ?? [],
        avoidStatuses: given.avoid_statuses ?? [],
        allowedProviders: given.allowed_providers,
        includeUnknown: given.include_usage_unknown,
      });
      const told = candidates.map((each) => ({ ...each, usage: each.usage && toldUsage(each.usage) }));
      return { candidates: told, excluded };
    },
  }),
  tool({
    name: 'validate_model_catalog',
    description: "What is wrong with a model catalogue of the user's own.",
    params: { path: maybeText('null: those of config.yaml') },
    output: { ok: 'boolean', path: 'string', errors: 'array', warnings: 'array' },
    annotations: reading,
    run: async (house, { path }) => {
      const { validateModels } = await import('../../workers/models.ts');
      return validateModels(house, path === null ? undefined : allowedPath(house, path));
    },
  }),
];
