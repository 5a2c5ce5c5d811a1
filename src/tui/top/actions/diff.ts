import { diffOf } from '../../../workers/commands/results/patch.ts';
import { tabText } from '../model/detail-lines.ts';
import { emptyDetail } from '../model/snapshot.ts';
import type { WorkerAction } from './action.ts';
import { neverRan, nowOf } from './fresh.ts';

/** Shows what the worker has changed, in the whole width. */
export const diff: WorkerAction = {
  key: 'd',
  label: 'diff',
  help: 'Read what the worker has changed.',
  needs: 'worker',
  isPossible: ({ session }) => neverRan(session),
  async run({ app, session, worker, dialogs }) {
    dialogs.say('compares …', 'busy');
    const value = await diffOf(app, nowOf({ app, session }), { stat: false });
    const detail = { ...emptyDetail(session.id), diff: { kind: 'loaded' as const, value } };
    await dialogs.read(`Changes of ${session.id}`, (width) => {
      const { lines, count } = tabText('diff', worker, detail, width, new Date());
      return lines(0, count);
    });
  },
};
