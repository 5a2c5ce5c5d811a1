import { AgentPoolError } from '../lib/errors.ts';
import { type Owner, otherOwner } from '../lib/files/owner.ts';
import { shell } from '../lib/text/shell.ts';
import { type Env, homeFolder } from './paths.ts';

/**
 * The user whose home root would write into; null for any other user, and for a home of root's own. What root makes
 * there, its owner can neither read nor remove.
 */
export const ownerBesideRoot = (home: string): Owner | null =>
  process.geteuid?.() === 0 ? otherOwner(home) : null;

/** @throws HOME_OF_ANOTHER for root in the AGENTPOOL_HOME of another user, as with `sudo agentpool`. */
export function assertOwnHome(env: Env): void {
  const home = homeFolder(env);
  const owner = ownerBesideRoot(home);
  if (!owner) return;
  throw new AgentPoolError(
    'HOME_OF_ANOTHER',
    `${home} belongs to ${owner.name}, and this is root: what root makes there, ${owner.name} cannot use. Nothing was done. Run it as ${owner.name}, without sudo; or choose a home of root's own.`,
    { home, owner: owner.name, example: shell`sudo -u ${sudoName(owner)} agentpool sessions` },
  );
}

/** As sudo takes it: a name, or `#1000`. */
export const sudoName = ({ name, uid }: Owner): string => (name.includes(' ') ? `#${uid}` : name);
