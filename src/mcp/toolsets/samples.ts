import { asking, reading, tool } from '../tool.ts';
import {
  provider_id,
  snapshotShape,
  snapshots,
  summary,
  summaryShape,
  undescribed,
  withTimeout,
} from '../usage-answers.ts';

/** Other ways to ask for the limits. A server with the default tools answers them too, for callers that know them. */
export const sampleTools = [
  tool({
    name: 'get_capacity_summary',
    description: 'Another name of get_usage_summary, for scripts that use it. Use get_usage_summary.',
    params: undescribed,
    output: summaryShape,
    annotations: asking,
    run: (app, args) => summary(app, args),
  }),
  tool({
    name: 'get_usage_snapshot',
    description:
      'The samples that get_usage_summary is made of, with their sources and raw figures. Use it to find out why a figure is as it is.',
    params: undescribed,
    output: snapshotShape,
    annotations: asking,
    run: async (app, args) => {
      const asked = args.refresh ? await withTimeout(args, snapshots(app, args, false)) : null;
      return asked ?? { ...(await snapshots(app, args, true)), partial: args.refresh };
    },
  }),
  tool({
    name: 'get_cached_usage_snapshot',
    description:
      'get_usage_snapshot of the ledger alone: it never asks a provider. Use it where nothing may be asked.',
    params: { provider_id },
    output: snapshotShape,
    annotations: reading,
    run: (app, { provider_id }) => snapshots(app, { provider_id, backend: 'combined' }, true),
  }),
];
