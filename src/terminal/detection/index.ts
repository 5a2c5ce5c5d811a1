/** What a worker's screen means: rules as data, one pure judgement, and how well both do on labelled screens. */
export type { Choice } from './choices.ts';
export { type Judgement, type JudgeOptions, judge, type Label, type Warning } from './judge.ts';
export { builtinRules, checkRuleFile, loadRules, type RuleProblem, ruleProviders } from './load.ts';
export type { RuleSet } from './rule-set.ts';
export { type Score, type ScoredScreen, score } from './score.ts';
export { type CaptureOptions, screenFromText } from './screen-from-text.ts';
