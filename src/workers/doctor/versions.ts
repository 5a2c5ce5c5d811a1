import { allAgents } from '../../agents/registry.ts';
import { versionsSeen } from '../../agents/screen-rules.ts';
import type { Paths } from '../../config/paths.ts';
import { shortName } from '../../config/provider-ids.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { shell } from '../../lib/text/shell.ts';
import { compareVersions, isPlainVersion } from '../../lib/text/versions.ts';
import { type Finding, hint } from '../core/setup/finding.ts';

/** An installed agent, and the versions that the rules for its screens were tried with. */
export interface InstalledVersion {
  id: string;
  version: string | null;
  seen: readonly string[];
  /** Whether it can be led through its screens against our mock of a model. */
  rehearses: boolean;
}

/** A hint for each agent that is newer than every version that its rules were tried with. */
export async function checkVersions(
  installed: readonly { id: string; version: string | null }[],
  { detectors }: Pick<Paths, 'detectors'>,
): Promise<Finding[]> {
  const agents = await allAgents();
  return installed.flatMap(({ id, version }) => {
    const agent = agents.find(({ descriptor }) => descriptor.id === id);
    if (!agent) return [];
    return newerThanSeen({
      id,
      version,
      seen: seenOf(id, detectors),
      rehearses: agent.rehearsal !== undefined,
    });
  });
}

/** A fault in the user's own rules is a finding of another check. */
function seenOf(id: string, detectors: string): string[] {
  try {
    return versionsSeen(id, detectors);
  } catch (error) {
    if (error instanceof AgentPoolError && error.code === 'RULES_INVALID') return versionsSeen(id, null);
    throw error;
  }
}

/** Pure. Nothing where the versions cannot be compared: then nothing is known. */
export function newerThanSeen({ id, version, seen, rehearses }: InstalledVersion): Finding[] {
  const newest = seen.at(-1);
  if (version === null || newest === undefined || !isPlainVersion(version)) return [];
  if (compareVersions(version, newest) <= 0) return [];
  const found = `${id} ${version} is newer than ${newest}, the newest that the rules for its screens were tried with`;
  const short = shortName(id);
  const next = rehearses ? shell`agentpool detectors check ${short}` : 'agentpool explain @last';
  return [hint('versions', found, next)];
}
