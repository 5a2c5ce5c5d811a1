import { screenRules } from '../../agents/screen-rules.ts';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import { type Classification, classify } from '../../terminal/detection/classify.ts';
import { screenFromText } from '../../terminal/detection/screen-from-text.ts';
import { pollUntil } from '../../terminal/input/poll-until.ts';
import type { Screen } from '../../terminal/screen/screen.ts';
import type { AppContext } from '../core/context.ts';
import { sentTexts } from '../core/sent-texts.ts';

/** What a worker's terminal shows now. @throws what tmux throws when the pane is gone. */
export async function screenOf({ tmux }: AppContext, session: SessionRow): Promise<Screen> {
  const pane = session.tmux_pane;
  const text = await tmux.run([
    ...['display-message', '-p', '-t', pane, '#{pane_title}'],
    ...[';', 'capture-pane', '-p', '-e', '-t', pane],
  ]);
  const end = text.indexOf('\n');
  return screenFromText(text.slice(end + 1), { ansi: true, title: text.slice(0, end) });
}

export interface ScreenReading {
  classification: Classification;
  rows: string[];
}

/** Reads and classifies a worker's screen as it is now, not as it was recorded. */
export function screenReader(app: AppContext, session: SessionRow): () => Promise<ScreenReading> {
  const rules = screenRules(session.provider_id, app.paths.detectors);
  const echo = sentTexts(app, session);
  return async () => {
    const screen = await screenOf(app, session);
    return { classification: classify(screen, rules, { echo }), rows: screen.rows.map(({ text }) => text) };
  };
}

/** Waits until `holds` is true or the pane is gone, which counts too; false after so many milliseconds. */
export const seenOrGone = (
  ms: number,
  look: () => Promise<ScreenReading>,
  holds: (now: ScreenReading) => boolean,
): Promise<boolean> =>
  pollUntil(
    ms,
    () => look().catch(() => null),
    (now) => now === null || holds(now),
  );
