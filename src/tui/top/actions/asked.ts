import { workerStream } from '../../../machines/worker/state.ts';
import { wordsOf } from '../../../workers/commands/results/worker-words.ts';
import { turnOf } from '../../../workers/sight/turn.ts';
import type { Given } from './action.ts';
import { nowOf } from './fresh.ts';

/** What a worker asks, as the person is shown it. */
export interface ShownQuestion {
  lines: readonly string[];
  hasChoices: boolean;
  /** Another one for another question, also for one with the same words that was asked later. */
  mark: string;
}

/** What the worker asks now; null if nothing. @throws SESSION_CHANGED */
export async function asks({ app, session }: Pick<Given, 'app' | 'session'>): Promise<ShownQuestion | null> {
  const { asks } = await wordsOf(app, nowOf({ app, session }));
  if (asks === null) return null;
  const { observations } = turnOf(app.ledger.stream(workerStream(session.id)));
  const labels = asks.choices.map(({ label }) => label);
  const mark = JSON.stringify([observations.at(-1)?.position ?? 0, asks.lines, labels]);
  return { lines: asks.lines, hasChoices: labels.length > 0, mark };
}

/** Why an answer to what was seen is not sent: something else is asked by now. null if it is still the same. */
export const changeOf = (seen: ShownQuestion | null, now: ShownQuestion | null): string | null =>
  seen?.mark === now?.mark
    ? null
    : `Nothing was sent: ${now === null ? 'it no longer asks what it asked' : 'it asks something else now'}.`;
