import { createHash } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { hostname } from 'node:os';

/** Each installation of Linux has an id of its own: https://www.freedesktop.org/software/systemd/man/machine-id.html */
const MACHINE_ID = '/etc/machine-id';

/**
 * Where an AGENTPOOL_HOME is, as a hash: two copies of one ledger differ in it as long as their logs do not. It says
 * nothing of the host or the path.
 */
export function placeOfHome(home: string): string {
  const where = [installation(), realpathSync(home)].join('\n');
  return createHash('sha256').update(`agentpool ${where}`).digest('hex').slice(0, 32);
}

function installation(): string {
  try {
    const id = readFileSync(MACHINE_ID, 'utf8').trim();
    // An image that was not started yet, and a container, may have none.
    if (/^[0-9a-f]{32}$/.test(id)) return id;
  } catch {
    // Not on every system.
  }
  return hostname();
}
