import { counted } from '../../../lib/text/counted.ts';
import { collectWorker } from '../../../workers/commands/results/collect.ts';
import type { WorkerAction } from './action.ts';
import { neverRan, nowOf } from './fresh.ts';

/** Gathers the patch, the result and the log of the worker. */
export const collect: WorkerAction = {
  key: 'c',
  label: 'collect',
  help: "Gather the worker's patch, result and log.",
  needs: 'worker',
  isPossible: ({ session }) => neverRan(session),
  async run({ app, session, dialogs }) {
    dialogs.say(`collects ${session.id} …`, 'busy');
    const { git, result, artifact_dir, violation } = await collectWorker(
      app,
      nowOf({ app, session }),
      'summary',
    );
    const count = git.changed_files.length;
    const files = counted(count, 'changed file');
    const warning = violation ?? git.warnings[0];
    dialogs.say(
      `${files}, result ${result}, in ${artifact_dir}${warning === undefined ? '' : `  ! ${warning}`}`,
    );
  },
};
