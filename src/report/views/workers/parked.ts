import { stripControl } from '../../../lib/text/plain-text.ts';
import type { Parked } from '../../../projections/sessions/schema.ts';
import { local } from '../../text/time.ts';

const FROM: Record<string, string> = {
  screen: 'as its screen says',
  usage: 'by the known limits of its account',
  asked: 'as its provider says',
};

/** Until when a worker waits, for a narrow column: `until 14:05`. */
export const parkedUntil = ({ until }: Pick<Parked, 'until'>, now: Date): string =>
  until === null ? 'its reset is not known' : `until ${local(until, now)}`;

/** Until when a worker waits, why, where that is known from, and what happens then. */
export function parkedWords(parked: Parked, now: Date): string {
  const { because, window, known_from, continues_itself, held, until, give_up_at } = parked;
  const limit = window === null ? 'its limit' : `its ${window} limit`;
  const why = because === 'limit' ? `at ${limit}` : `after a turn that its agent cut short before ${limit}`;
  const from = until === null ? '' : ` (${FROM[known_from] ?? known_from})`;
  return stripControl(
    [
      `${parkedUntil(parked, now)}${from}, ${why}`,
      continues_itself ? 'then its agent goes on by itself' : 'then it is continued',
      ...(held === undefined ? [] : [`not yet: ${held}`]),
      ...(give_up_at === null ? [] : [`it stops waiting at ${local(give_up_at, now)}`]),
    ].join('; '),
  );
}
