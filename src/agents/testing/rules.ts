import type { RuleSet } from '../../terminal/detection/rules/rule-set.ts';
import { screenRules } from '../screen-rules.ts';

const read = new Map<string, RuleSet>();

/** The rules that come with AgentPool, read once for each agent: that takes far longer than to apply them to a screen. */
export function packagedRules(provider: string): RuleSet {
  const rules = read.get(provider) ?? screenRules(provider, null);
  read.set(provider, rules);
  return rules;
}
