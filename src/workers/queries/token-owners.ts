import { agentSessionId } from '../../agents/contract/launch.ts';
import type { TokenLog } from '../../agents/contract/tokens/use.ts';
import { providerOfKey } from '../../config/accounts.ts';
import { isWithin } from '../../lib/files/within.ts';
import type { WorkerPlace } from '../../projections/sessions/queries.ts';
import type { SessionTokens } from '../../usage/tokens/sessions.ts';

/** How long after the end of a worker's turn its agent may still record the first answer, in milliseconds. */
export const SLACK_MS = 60_000;

/**
 * The sessions of agents by the worker that they belong to. A session with the worker's name, one that is its recorded
 * conversation, or one that began in the
 * worker's own worktree, belongs to it. A session of an agent that takes no names, in a shared folder, belongs to the
 * only worker of that provider which was at work there when it began; to none if there were two.
 */
export function tokenOwners(
  workers: readonly WorkerPlace[],
  sessions: readonly SessionTokens[],
  logs: readonly TokenLog[],
): Map<string, SessionTokens[]> {
  const isNamed = (provider: string) =>
    logs.some((log) => providerOfKey(log.provider_id) === provider && log.named);
  const named = new Map(
    workers.flatMap((worker) => {
      const { id, provider_id, conversation_id } = worker;
      // A later run may have begun another conversation, or its caller have chosen one.
      const names = [...(isNamed(provider_id) ? [agentSessionId(id)] : []), conversation_id];
      return names.filter((name) => name !== null).map((name) => [`${provider_id} ${name}`, worker] as const);
    }),
  );
  const owned = new Map<string, SessionTokens[]>();
  for (const session of sessions) {
    const owner =
      named.get(`${providerOfKey(session.provider_id)} ${session.session}`) ??
      ownerByPlace(workers, session, isNamed);
    if (owner) owned.set(owner.id, [...(owned.get(owner.id) ?? []), session]);
  }
  return owned;
}

function ownerByPlace(
  workers: readonly WorkerPlace[],
  session: SessionTokens,
  isNamed: (provider: string) => boolean,
): WorkerPlace | undefined {
  const { folder, began_at } = session;
  const provider_id = providerOfKey(session.provider_id);
  if (folder === null) return undefined;
  const ofProvider = workers.filter((worker) => worker.provider_id === provider_id);
  const own = ofProvider.find(
    ({ worktree_path }) => worktree_path !== null && isWithin(folder, worktree_path),
  );
  if (own || isNamed(provider_id)) return own;
  const began = Date.parse(began_at);
  const inFolder = ofProvider.filter(
    ({ worktree_path, repo_path, started }) =>
      worktree_path === null && folder === repo_path && began >= started,
  );
  const atWork = (slack: number) => inFolder.filter(({ ended }) => ended === null || began <= ended + slack);
  const within = atWork(0);
  const [only, ...others] = within.length > 0 ? within : atWork(SLACK_MS);
  return others.length === 0 ? only : undefined;
}
