import { errorMessage } from '../../../lib/errors.ts';
import { workerStream } from '../../../machines/worker/state.ts';
import { sendMessage } from '../../../workers/commands/send.ts';
import { wordsOf } from '../../../workers/commands/worker-words.ts';
import { turnOf } from '../../../workers/sight/turn.ts';
import type { Given, WorkerAction } from './action.ts';
import { nowOf } from './fresh.ts';

/** Writes to the worker. What it asks is shown above the text; a text that is refused is kept. */
export const send: WorkerAction = {
  key: 's',
  label: 'send',
  help: 'Write a message to the worker, of as many lines as you like.',
  needs: 'worker',
  isPossible: ({ session: { alive, state } }) =>
    state === 'QUEUED' ? 'It has not started yet.' : alive === 1 ? null : 'It has ended: p resumes it.',
  run: written,
};

async function written({ app, session, dialogs }: Given): Promise<void> {
  let text = '';
  let note: string | null = null;
  for (;;) {
    const seen = await asks({ app, session });
    const written = await dialogs.write({
      title: `Send to ${session.id}`,
      intro: [...(note === null ? [] : [note]), ...(seen?.lines ?? []), ...(seen?.hint ?? [])],
      text,
      done: 'sends it',
    });
    if (written === null) return;
    text = written;
    const now = await asks({ app, session });
    if (seen?.mark !== now?.mark) {
      note = `Nothing was sent: ${now === null ? 'it no longer asks what it asked' : 'it asks something else now'}.`;
      continue;
    }
    dialogs.say('sends …', 'busy');
    try {
      const { delivery, reason } = await sendMessage(app, nowOf({ app, session }), text);
      dialogs.say(
        delivery === 'delivered'
          ? `delivered to ${session.id}`
          : `${delivery} to ${session.id}${reason ? `: ${reason}` : ''}`,
      );
      return;
    } catch (error) {
      note = `Nothing was sent. ${errorMessage(error)}`;
    }
  }
}

interface Asked {
  /** What it asks, above the text. */
  lines: readonly string[];
  hint: readonly string[];
  /** Differs for the same question asked again: the place in the log, and its words. */
  mark: string;
}

/** What it asks now; null if nothing, or if its screen cannot be read. */
async function asks({ app, session }: Pick<Given, 'app' | 'session'>): Promise<Asked | null> {
  const { asks } = await wordsOf(app, nowOf({ app, session }));
  if (asks === null) return null;
  const { observations } = turnOf(app.ledger.stream(workerStream(session.id)));
  const labels = asks.choices.map(({ label }) => label);
  const mark = JSON.stringify([observations.at(-1)?.position ?? 0, asks.lines, labels]);
  const hint =
    labels.length > 0 ? ['It waits for a choice, and takes no message until then: a answers it.'] : [];
  return { lines: asks.lines, hint, mark };
}
