/** What a worker's screen means: rules as data, one pure judgement, and how well both do on labelled screens. */
export { type JudgeOptions, judge } from './judge.ts';
export type { Choice, Judgement, Label, Warning } from './judgement-schema.ts';
export { builtinRules, checkRuleFile, loadRules, type RuleProblem, ruleProviders } from './load.ts';
export type { RuleSet } from './rule-set.ts';
export { type Score, type ScoredScreen, score } from './score.ts';
export { type CaptureOptions, screenFromText } from './screen-from-text.ts';
