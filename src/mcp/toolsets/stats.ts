import { join } from 'node:path';
import { makePrivateFolder } from '../../lib/files/private-files.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { sections } from '../../workers/queries/stats/shape.ts';
import type { StatsRequest } from '../../workers/queries/stats/stats.ts';
import { allowedNewFile } from '../allowed-path.ts';
import { choice, flag, maybeName, maybeWords, nameOr } from '../arguments/parameters.ts';
import { reading, tool } from '../tool.ts';

const window = nameOr('7d', '7d, 12h, 1w, all, a day, or two days A/B');
const scope = choice(['mine', 'all'], 'mine', 'mine: spawned by this server');

/** What was done in a window of time. */
export const statsTools = [
  tool({
    name: 'get_stats',
    description: 'Workers, how many ran at once, limits reached and avoided, in a window of time.',
    params: {
      window,
      provider_id: maybeName('codex-cli', 'of one provider only'),
      sections: maybeWords([sections[0] ?? ''], `some of ${sections.join(', ')}`),
      scope,
      include_fakes: flag(false),
      all_machines: flag(false, 'of the whole fleet; scope is all'),
    },
    output: { schema_version: 'string', window: 'object', data_quality: 'array' },
    annotations: reading,
    run: (app, args) =>
      statsFor(app, {
        since: args.window,
        provider: args.provider_id ?? undefined,
        sections: args.sections ?? undefined,
        scope: args.all_machines ? 'all' : args.scope,
        includeFakes: args.include_fakes,
        allMachines: args.all_machines,
      }),
  }),
  tool({
    name: 'get_stats_card',
    description: 'Draw the statistics as a picture (.png or .svg) that your user may share.',
    params: {
      window,
      output_path: maybeName('card.png', 'left out: a new file in AGENTPOOL_HOME/cards'),
      scope,
    },
    output: { window: 'object', shared: 'object' },
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
    run: async (app, args) => {
      const figures = await statsFor(app, { since: args.window, scope: args.scope });
      if (args.output_path === null) await makePrivateFolder(cardFolder(app));
      const path = args.output_path === null ? newCard(app) : allowedNewFile(app, args.output_path);
      const { share } = await import('../../report/card/share.ts');
      return { ...figures, shared: await share(figures, path) };
    },
  }),
];

async function statsFor(
  app: AppContext,
  { allMachines = false, ...request }: StatsRequest & { allMachines?: boolean },
) {
  const { placeOf, stats } = await import('../../workers/queries/stats/stats.ts');
  const { placeOfAllMachines } = await import('../../workers/queries/fleet/stats.ts');
  return stats(allMachines ? placeOfAllMachines(app) : placeOf(app), request, app.given().now);
}

const cardFolder = ({ home }: AppContext): string => join(home, 'cards');

const newCard = (app: AppContext): string =>
  join(cardFolder(app), `stats-${app.given().now.toISOString().replaceAll(':', '')}.png`);
