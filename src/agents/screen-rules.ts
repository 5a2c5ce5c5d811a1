import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { builtRulesIn, GENERAL, loadRules, type RuleLayer, rulesIn } from '../terminal/detection/load.ts';
import type { RuleSet } from '../terminal/detection/rule-set.ts';
import { agentDescriptors } from './descriptors.ts';

/** The build compiles every agent's screens.yaml to `screens/<id>.json` beside the bundle. */
const packaged = join(import.meta.dirname, 'screens');

/** The rules that come with AgentPool: `screens.yaml` in each agent's folder, and the general ones. */
export const builtinRules: RuleLayer = existsSync(packaged)
  ? builtRulesIn(packaged)
  : {
      providers: () => [...agentDescriptors.map(({ id }) => id), GENERAL].sort(),
      fileFor: (provider) => {
        const path =
          provider === GENERAL
            ? join(import.meta.dirname, '../terminal/detection/general.yaml')
            : join(import.meta.dirname, provider, 'screens.yaml');
        return existsSync(path) ? path : null;
      },
    };

/** The rules that read one provider's screens: ours, and over them those in the user's `detectors` folder. */
export const screenRules = (provider: string, detectors: string): RuleSet =>
  loadRules(provider, [builtinRules, rulesIn(detectors)]);
