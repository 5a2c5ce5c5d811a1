import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AGENT_IDS } from '../config/provider-ids.ts';
import {
  builtRulesIn,
  GENERAL,
  loadRules,
  type RuleLayer,
  rulesIn,
  ruleVersions,
} from '../terminal/detection/load.ts';
import type { RuleSet } from '../terminal/detection/rule-set.ts';

/** The build compiles every agent's screens.yaml to `screens/<id>.json` beside the bundle. */
const packaged = join(import.meta.dirname, 'screens');

/** The rules that come with AgentPool: `screens.yaml` in each agent's folder, and the general ones. */
export const builtinRules: RuleLayer = existsSync(packaged)
  ? builtRulesIn(packaged)
  : {
      providers: () => [...AGENT_IDS, GENERAL].filter((id) => sourceFile(id) !== null).sort(),
      fileFor: sourceFile,
    };

/** Null for an agent without rules of its own: the general ones read its screens. */
function sourceFile(provider: string): string | null {
  const path =
    provider === GENERAL
      ? join(import.meta.dirname, '../terminal/detection/general.yaml')
      : join(import.meta.dirname, provider, 'screens.yaml');
  return existsSync(path) ? path : null;
}

/**
 * The rules that read one provider's screens: ours, and over them those in the user's `detectors` folder. Ours alone
 * where that is null.
 * @throws RULES_INVALID for a fault in the user's.
 */
export const screenRules = (provider: string, detectors: string | null): RuleSet =>
  loadRules(provider, detectors === null ? [builtinRules] : [builtinRules, rulesIn(detectors)]);

/** The versions of an agent that its rules were tried with, oldest first; reads neither its code nor its patterns. */
export const versionsSeen = (provider: string, detectors: string | null): string[] =>
  ruleVersions(provider, detectors === null ? [builtinRules] : [builtinRules, rulesIn(detectors)]);
