import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AGENT_IDS } from '../config/provider-ids.ts';
import {
  builtRulesIn,
  GENERAL,
  loadRules,
  offeredRules,
  type RuleLayer,
  rulesIn,
  ruleVersions,
} from '../terminal/detection/rules/load.ts';
import type { RuleSet } from '../terminal/detection/rules/rule-set.ts';
import type { RuleFile } from '../terminal/detection/rules/schema.ts';
import { updatedRules } from './rules/updated-rules.ts';

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
      ? join(import.meta.dirname, '../terminal/detection/rules/general.yaml')
      : join(import.meta.dirname, provider, 'screens.yaml');
  return existsSync(path) ? path : null;
}

/** Every layer of rules, the lowest first: ours or what was taken in their place, then the user's own. */
export const ruleLayers = (detectors: string | null): RuleLayer[] =>
  detectors === null ? [builtinRules] : [...updatedRules(builtinRules, detectors), rulesIn(detectors)];

/**
 * The rules that read one provider's screens: ours, or those that were taken in their place, and over them those in the
 * user's `detectors` folder. Ours alone where that is null.
 * @throws RULES_INVALID for a fault in the user's.
 */
export const screenRules = (provider: string, detectors: string | null): RuleSet =>
  loadRules(provider, ruleLayers(detectors));

/** The same with rules that are in no file yet: in the place of ours and of what was taken, or over the user's own. */
export function screenRulesWith(
  offered: RuleFile,
  detectors: string,
  { replaces, path }: { replaces: boolean; path: string },
): RuleSet {
  const { provider } = offered;
  const layer = offeredRules(offered, path);
  const ours = updatedRules(builtinRules, detectors);
  const own = rulesIn(detectors);
  const layers = replaces ? [...ours.map(without(provider)), layer, own] : [...ours, own, layer];
  return loadRules(provider, layers);
}

const without =
  (provider: string) =>
  (layer: RuleLayer): RuleLayer => ({
    ...layer,
    fileFor: (id) => (id === provider ? null : layer.fileFor(id)),
  });

/** The versions of an agent that its rules were tried with, oldest first; reads neither its code nor its patterns. */
export const versionsSeen = (provider: string, detectors: string | null): string[] =>
  ruleVersions(provider, ruleLayers(detectors));
