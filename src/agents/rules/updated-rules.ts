import { join } from 'node:path';
import { compareVersions } from '../../lib/text/versions.ts';
import { type RuleLayer, rulesIn, ruleVersions } from '../../terminal/detection/rules/load.ts';

/** Rules that were taken from elsewhere, one file per provider. The user's own, beside them, lie over both. */
export const updatesFolder = (detectors: string): string => join(detectors, 'updates');

/**
 * The rules that came with AgentPool, or those that have taken their place: whole files, so that a rule which its
 * author has dropped is gone. Once those of a newer AgentPool were tried with a newer version, they are back.
 */
export function updatedRules(builtin: RuleLayer, detectors: string): RuleLayer[] {
  const taken = rulesIn(updatesFolder(detectors));
  const isTaken = (provider: string): boolean => {
    if (taken.fileFor(provider) === null) return false;
    const [ours, theirs] = [builtin, taken].map((layer) => ruleVersions(provider, [layer]).at(-1));
    return ours === undefined || theirs === undefined || compareVersions(theirs, ours) >= 0;
  };
  return [
    { ...builtin, fileFor: (provider) => (isTaken(provider) ? null : builtin.fileFor(provider)) },
    { ...taken, fileFor: (provider) => (isTaken(provider) ? taken.fileFor(provider) : null) },
  ];
}
