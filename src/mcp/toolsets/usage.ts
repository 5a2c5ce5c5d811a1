import { allowedPath } from '../allowed-path.ts';
import { flag, maybeName, maybeWords } from '../arguments/parameters.ts';
import { reading, tool } from '../tool.ts';
import { usageForHost } from '../untrusted.ts';

/** More about the providers that could get work. */
export const usageTools = [
  tool({
    name: 'filter_candidates',
    description:
      'The installed providers that meet your conditions, and why the others do not. Recommends nothing.',
    params: {
      required_capabilities: maybeWords(['send_message'], 'from get_inventory'),
      avoid_statuses: maybeWords(['limit_reached'], 'such as limit_reached, near_limit'),
      allowed_providers: maybeWords(['codex-cli'], 'only these'),
      include_usage_unknown: flag(true),
    },
    output: { candidates: 'array', excluded: 'array' },
    annotations: reading,
    run: async (app, args) => {
      const { filterCandidates } = await import('../../workers/queries/candidates.ts');
      const { candidates, excluded } = await filterCandidates(app, {
        requiredCapabilities: args.required_capabilities ?? [],
        avoidStatuses: args.avoid_statuses ?? [],
        allowedProviders: args.allowed_providers,
        includeUnknown: args.include_usage_unknown,
      });
      const rows = candidates.map((each) => ({ ...each, usage: each.usage && usageForHost(each.usage) }));
      return { candidates: rows, excluded };
    },
  }),
  tool({
    name: 'validate_model_catalog',
    description: "Check the user's own model catalogue for problems.",
    params: { path: maybeName('models.yaml', 'left out: those of config.yaml') },
    output: { ok: 'boolean', path: 'string', errors: 'array', warnings: 'array' },
    annotations: reading,
    run: async (app, { path }) => {
      const { validateModels } = await import('../../workers/queries/models.ts');
      return validateModels(app, path === null ? undefined : allowedPath(app, path));
    },
  }),
];
