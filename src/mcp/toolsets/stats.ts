import { join } from 'node:path';
import type { House } from '../../workers/house.ts';
import { sections } from '../../workers/stats/shape.ts';
import type { StatsRequest } from '../../workers/stats/stats.ts';
import { makePrivateFolder } from '../../workspace/private-files.ts';
import { allowedNewFile } from '../allowed-path.ts';
import { choice, maybeText, maybeWords, textOr } from '../parameters.ts';
import { reading, tool } from '../tool.ts';

const window = textOr('7d', '7d, 12h, 1w, all, a day, or two days A/B');
const scope = choice(['mine', 'all'], 'mine', 'mine: spawned by this server');

/** What was done in a window of time. */
export const statsTools = [
  tool({
    name: 'get_stats',
    description: 'Workers, how many at once, limits met and avoided, in a window of time.',
    params: {
      window,
      provider_id: maybeText('of one provider only'),
      sections: maybeWords(`some of ${sections.join(', ')}`),
      scope,
    },
    output: { schema_version: 'string', window: 'object', data_quality: 'array' },
    annotations: reading,
    run: (house, given) =>
      told(house, {
        since: given.window,
        provider: given.provider_id ?? undefined,
        sections: given.sections ?? undefined,
        scope: given.scope,
      }),
  }),
  tool({
    name: 'get_stats_card',
    description: 'Draw the statistics into a picture (.png or .svg) that your user may show.',
    params: { window, output_path: maybeText('null: a new file in AGENTPOOL_HOME/cards'), scope },
    output: { window: 'object', shared: 'object' },
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
    run: async (house, given, { doors }) => {
      const figures = await told(house, { since: given.window, scope: given.scope });
      const path =
        given.output_path === null ? await newCard(house) : allowedNewFile(house, given.output_path);
      return { ...figures, shared: await doors.drawCard(figures, path) };
    },
  }),
];

async function told(house: House, asked: StatsRequest) {
  const { placeOf, stats } = await import('../../workers/stats/stats.ts');
  return stats(placeOf(house), asked, house.given().now);
}

async function newCard({ home, given }: House): Promise<string> {
  const folder = join(home, 'cards');
  await makePrivateFolder(folder);
  return join(folder, `stats-${given().now.toISOString().replaceAll(':', '')}.png`);
}
