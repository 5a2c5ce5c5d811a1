import { isolationFor } from '../../../config/policy.ts';
import type { Policy } from '../../../config/schema.ts';
import type { Isolation } from '../../../events/catalogue/words.ts';
import { errorMessage } from '../../../lib/errors.ts';
import { tilde } from '../../../report/text/tilde.ts';
import { nothingMore } from '../../../workers/commands/spawning/options.ts';
import { spawnWorker } from '../../../workers/commands/spawning/spawn.ts';
import { repoRoot } from '../../../workspace/git/repository.ts';
import type { FreeAction, GivenAnyway } from './action.ts';
import { type Chosen, chooseWho } from './destination.ts';

/** Starts a worker in the folder in which the dashboard was started. */
export const spawn: FreeAction = {
  key: 'n',
  label: 'new',
  help: 'Start a worker: choose its agent and model, and write its task.',
  needs: 'nothing',
  async run(given) {
    const { app, dialogs } = given;
    const who = await chooseWho(given, 'New worker');
    if (!who) return;
    const isRepository = (await repoRoot(process.cwd())) !== null;
    const where = await dialogs.choose({
      title: 'New worker: what may it change?',
      intro: [tilde(process.cwd())],
      items: PLACES.map((value) => {
        const unusable = whyNot(value, app.config.policy, isRepository);
        return { value, label: value.label, ...(unusable === null ? {} : { unusable }) };
      }),
    });
    if (!where) return;
    await written(given, {
      who,
      where,
      isolation: where.isolation ?? isolationFor(app.config.policy, where.role, undefined),
    });
  },
};

interface Place {
  label: string;
  role: string;
  isolation: Isolation | null;
}

const PLACES: readonly Place[] = [
  { label: 'nothing: it only reads', role: 'explorer', isolation: null },
  { label: 'files in a git worktree of its own', role: 'implementer', isolation: 'worktree' },
  { label: 'files in this folder', role: 'implementer', isolation: 'shared' },
];

/** Why a worker may not work there, said before its task is written; null if it may. */
function whyNot({ isolation }: Place, policy: Policy, isRepository: boolean): string | null {
  if (isolation === 'worktree' && !isRepository) return 'this folder is in no git repository';
  if (isolation === 'shared' && !policy.allow_shared_repo_edits)
    return 'config.yaml forbids it: policy.allow_shared_repo_edits';
  return null;
}

const NEW_TASK = 'new task';

/** A task that is refused is kept, so that it can be changed. */
async function written(
  { app, dialogs }: GivenAnyway,
  { who, where, isolation }: { who: Chosen; where: Place; isolation: Isolation },
): Promise<void> {
  let task = '';
  let note: string | null = null;
  for (;;) {
    const text = await dialogs.write({
      title: `The task of ${who.name}`,
      intro: [...(note === null ? [] : [note]), `${where.label} (${tilde(process.cwd())})`],
      text: task,
      draft: NEW_TASK,
      done: 'starts it',
    });
    if (text === null) return;
    task = text;
    dialogs.say(`starts ${who.name} …`, 'busy');
    try {
      const id = await spawnWorker(app, {
        ...nothingMore(),
        provider: who.provider,
        account: who.account,
        model: who.model,
        task,
        repo: process.cwd(),
        role: where.role,
        isolation,
      });
      dialogs.forget(NEW_TASK);
      dialogs.say(`${id} runs`);
      return;
    } catch (error) {
      note = `Not started. ${errorMessage(error)}`;
    }
  }
}
