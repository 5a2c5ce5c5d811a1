import type { SessionRow } from '../projections/session-queries.ts';
import { providerNamed } from '../providers/registry.ts';
import { type Judgement, judge } from '../terminal/detection/judge.ts';
import { builtinRules, loadRules } from '../terminal/detection/load.ts';
import { screenFromText } from '../terminal/detection/screen-from-text.ts';
import type { Screen } from '../terminal/screen.ts';
import { seenWithin } from '../terminal/seen-within.ts';
import type { House } from './house.ts';
import { sentTexts } from './sent-texts.ts';

/** What a worker's terminal shows at this moment. Throws what tmux throws when the pane is gone. */
export async function screenOf({ tmux }: House, session: SessionRow): Promise<Screen> {
  const pane = session.tmux_pane;
  const text = await tmux.run([
    ...['display-message', '-p', '-t', pane, '#{pane_title}'],
    ...[';', 'capture-pane', '-p', '-e', '-t', pane],
  ]);
  const end = text.indexOf('\n');
  return screenFromText(text.slice(end + 1), { ansi: true, title: text.slice(0, end) });
}

export interface Look {
  judgement: Judgement;
  rows: string[];
}

/** Looks at a worker's screen now, and says what it means: always what stands there, never what was recorded of it. */
export function lookerAt(house: House, session: SessionRow): () => Promise<Look> {
  const rules = loadRules(providerNamed(house.config, session.provider_id).rules, [
    builtinRules(),
    house.paths.detectors,
  ]);
  const echo = sentTexts(house, session);
  return async () => {
    const screen = await screenOf(house, session);
    return { judgement: judge(screen, rules, { echo }), rows: screen.rows.map(({ text }) => text) };
  };
}

/** Whether a look shows within so many milliseconds what it is to show. An agent that ends takes its pane with it: that counts too. */
export const seenOrGone = (
  ms: number,
  look: () => Promise<Look>,
  holds: (now: Look) => boolean,
): Promise<boolean> =>
  seenWithin(
    ms,
    () => look().catch(() => null),
    (now) => now === null || holds(now),
  );
