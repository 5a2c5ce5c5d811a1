import { errorMessage } from '../../../lib/errors.ts';
import { sendMessage } from '../../../workers/commands/sending/send.ts';
import type { Given, WorkerAction } from './action.ts';
import { asks, changeOf } from './asked.ts';
import { neverRan, nowOf } from './fresh.ts';

/** Writes to the worker. What it asks is shown above the text; a text that is refused is kept. */
export const send: WorkerAction = {
  key: 's',
  label: 'send',
  help: 'Write a message to the worker, of as many lines as you like.',
  needs: 'worker',
  isPossible: ({ session }) =>
    neverRan(session) ??
    (session.alive === 1
      ? null
      : session.successor === null
        ? 'It has ended: p resumes it.'
        : `${session.successor} goes on with its work.`),
  run: written,
};

async function written({ app, session, dialogs }: Given): Promise<void> {
  const draft = `to ${session.id}`;
  let text = '';
  let note: string | null = null;
  for (;;) {
    const seen = await asks({ app, session });
    const written = await dialogs.write({
      title: `Send to ${session.id}`,
      intro: [
        ...(note === null ? [] : [note]),
        ...(seen?.lines ?? []),
        ...(seen?.hasChoices
          ? ['It waits for a choice, and takes no message until then: a answers it.']
          : []),
      ],
      text,
      draft,
      done: 'sends it',
    });
    if (written === null) return;
    text = written;
    note = changeOf(seen, await asks({ app, session }));
    if (note !== null) continue;
    dialogs.say('sends …', 'busy');
    try {
      const { delivery, reason } = await sendMessage(app, nowOf({ app, session }), text);
      dialogs.forget(draft);
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
