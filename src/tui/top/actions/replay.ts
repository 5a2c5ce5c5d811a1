import type { ReadStream, WriteStream } from 'node:tty';
import { bytes } from '../../../lib/text/bytes.ts';
import { chainOf } from '../../../projections/sessions/lineage.ts';
import { watchRecording } from '../../../report/replay/terminal/player.ts';
import { writePage } from '../../../report/replay/written/page.ts';
import { timelineNow } from '../feed/detail-of.ts';
import { tabText } from '../model/detail-lines.ts';
import { emptyDetail } from '../model/snapshot.ts';
import type { Given, WorkerAction } from './action.ts';
import { nowOf } from './fresh.ts';

/** Plays what the worker's terminal showed, writes that into a page, or shows what happened. */
export const replay: WorkerAction = {
  key: 'r',
  label: 'replay',
  help: 'Play the recording of the worker, write it into a page, or read its history.',
  needs: 'worker',
  isPossible: () => null,
  async run(given) {
    const { session, dialogs } = given;
    const how = await dialogs.choose({
      title: `Replay ${session.id}`,
      items: [
        { value: played, label: 'play it in this terminal', note: 'q comes back' },
        { value: written, label: 'write a page for a browser', note: `${session.id}.html` },
        { value: timelineRead, label: 'read its timeline' },
      ],
    });
    await how?.(given);
  },
};

async function played({ app, session, dialogs }: Given): Promise<void> {
  const now = nowOf({ app, session });
  const terminals = { stdin: process.stdin as ReadStream, stdout: process.stdout as WriteStream };
  await dialogs.outside(() => watchRecording(app, now, terminals, 1));
}

/** The page of the whole chain that the worker is part of: one part of a piece of work says little. */
async function written({ app, session, dialogs }: Given): Promise<void> {
  const file = await dialogs.write({
    title: `The page of ${session.id}`,
    intro: ['A file that does not exist yet.'],
    text: `${session.id}.html`,
    oneLine: true,
    done: 'writes it',
    refuses: (name) => (name.trim() === '-' ? 'The screen is taken: name a file.' : null),
  });
  if (file === null) return;
  dialogs.say('writes the page …', 'busy');
  const sessions = chainOf(app.ledger, nowOf({ app, session }));
  const page = await writePage(app, sessions, { file: file.trim(), isForced: false, stdout: process.stdout });
  const note = page.notes[0];
  dialogs.say(`${bytes(page.bytes)} in ${page.file}${note === undefined ? '' : `  ! ${note}`}`);
}

async function timelineRead({ app, session, worker, dialogs }: Given): Promise<void> {
  const detail = { ...emptyDetail(session.id), timeline: timelineNow(app, nowOf({ app, session })) };
  await dialogs.read(`What happened to ${session.id}`, (width) => {
    const { lines, count } = tabText('timeline', worker, detail, width, new Date());
    return lines(0, count);
  });
}
