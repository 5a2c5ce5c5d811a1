import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import Type, { type Static } from 'typebox';
import Value from 'typebox/value';
import { isMap, isPair, isScalar, isSeq, LineCounter, parse, parseDocument } from 'yaml';
import { AgentPoolError, errorMessage } from '../../lib/errors.ts';
import { count, text } from '../../lib/shapes.ts';
import { compileFile, type LoadedFile, PatternProblem } from './compile.ts';
import type { RuleSet } from './rule-set.ts';
import { RuleFile } from './schema.ts';

/** A source of rules: the files of one layer, at most one per provider. */
export interface RuleLayer {
  providers(): string[];
  /** The path of that provider's rules; null where this layer has none. */
  fileFor(provider: string): string | null;
}

/** The rules for screens that no provider rule matches, and for agents without rules of their own. */
export const GENERAL = 'general';

export const RuleProblem = Type.Object(
  { file: text, line: count, rule: Type.Optional(text), what: text },
  { title: 'RuleProblem' },
);
export type RuleProblem = Static<typeof RuleProblem>;

const isRuleFile = (name: string): boolean => /\.ya?ml$/.test(name);

/** The rules of a folder: `<provider>.yaml` or `.yml`. The folder may be missing. */
export const rulesIn = (folder: string): RuleLayer => ({
  providers: () =>
    existsSync(folder)
      ? readdirSync(folder)
          .filter(isRuleFile)
          .map((name) => name.replace(/\.ya?ml$/, ''))
      : [],
  fileFor: (provider) =>
    [`${provider}.yaml`, `${provider}.yml`].map((name) => join(folder, name)).find(existsSync) ?? null,
});

/** Every provider that these layers have rules for. */
export const ruleProviders = (layers: readonly RuleLayer[]): string[] =>
  [...new Set(layers.flatMap((layer) => layer.providers()))].sort();

/**
 * The rules for one provider, with the general ones as fallback. Later layers override earlier ones: a rule of the same
 * name replaces, a new one is added, `disabled: true` removes one. Throws RULES_INVALID with file, line and rule.
 */
export function loadRules(provider: string, layers: readonly RuleLayer[]): RuleSet {
  const general = compileLayers(GENERAL, layers);
  if (provider === GENERAL || provider === 'other') return general;
  const own = compileLayers(provider, layers);
  return own.rules.length === 0 ? general : { ...own, fallback: general };
}

function compileLayers(provider: string, layers: readonly RuleLayer[]): RuleSet {
  const paths = layers.flatMap((layer) => layer.fileFor(provider) ?? []);
  try {
    return compileFile(
      provider,
      paths.map((path) => readRuleFile(path, provider)),
    );
  } catch (error) {
    if (error instanceof PatternProblem)
      throw invalid(paths.flatMap((path) => checkRuleFile(path, provider)));
    throw error;
  }
}

function readRuleFile(path: string, provider: string): LoadedFile {
  let content: unknown;
  try {
    content = parse(readFileSync(path, 'utf8'));
  } catch {
    throw invalid(checkRuleFile(path, provider));
  }
  if (!Value.Check(RuleFile, content) || content.provider !== provider)
    throw invalid(checkRuleFile(path, provider));
  return { path, content };
}

const nameOf = (path: string): string => basename(path).replace(/\.ya?ml$/, '');

const invalid = (problems: RuleProblem[]): AgentPoolError =>
  new AgentPoolError('RULES_INVALID', problems.map(describe).join('\n'), {
    problems,
    example: 'agentpool detectors validate',
  });

const describe = ({ file, line, rule, what }: RuleProblem): string =>
  `${file}:${line}: ${rule ? `rule ${rule}: ` : ''}${what}`;

/** The problems of a rule file, each with its line; empty when the file is valid. */
export function checkRuleFile(path: string, expected = nameOf(path)): RuleProblem[] {
  const text = readFileSync(path, 'utf8');
  let content: unknown;
  try {
    content = parse(text);
  } catch (error) {
    const line = (error as { linePos?: { line: number }[] }).linePos?.[0]?.line ?? 1;
    return [{ file: path, line, what: `not YAML: ${errorMessage(error).split('\n')[0]}` }];
  }
  if (!Value.Check(RuleFile, content)) return shapeProblems(path, text, content);
  if (content.provider !== expected) {
    return [
      problemAt(
        path,
        text,
        ['provider'],
        `the file is named ${expected} but its provider is ${content.provider}`,
      ),
    ];
  }
  try {
    compileFile(content.provider, [{ path, content }]);
    return [];
  } catch (error) {
    if (!(error instanceof PatternProblem)) throw error;
    return [problemAt(path, text, error.path, error.message, error.rule)];
  }
}

function shapeProblems(path: string, text: string, content: unknown): RuleProblem[] {
  const problems = [...Value.Errors(RuleFile, content)].map((error) => {
    const keys = error.instancePath.split('/').slice(1);
    const rule = keys[0] === 'rules' ? ruleName(content, Number(keys[1])) : undefined;
    const params = error.params as { additionalProperties?: string[]; allowedValues?: string[] };
    const more = params.additionalProperties?.join(', ');
    return problemAt(
      path,
      text,
      keys,
      `${keys.join('.') || 'file'} ${error.message}${more ? `: ${more}` : ''}`,
      rule,
    );
  });
  return problems.slice(0, 10);
}

function ruleName(content: unknown, index: number): string | undefined {
  const rules = (content as { rules?: { name?: unknown }[] } | null)?.rules;
  const name = Array.isArray(rules) ? rules[index]?.name : undefined;
  return typeof name === 'string' ? name : undefined;
}

/**
 * Parses the file a second time for its line numbers. Only for a file with a problem: this costs more than the rules
 * do.
 */
function problemAt(
  file: string,
  text: string,
  keys: (string | number)[],
  what: string,
  rule?: string,
): RuleProblem {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  let node: unknown = document.contents;
  let offset = 0;
  for (const key of keys) {
    const next: unknown = isMap(node)
      ? node.items.find(
          (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(key),
        )
      : isSeq(node)
        ? node.items[Number(key)]
        : undefined;
    if (!next) break;
    const keyNode = isPair(next) ? next.key : next;
    offset = (keyNode as { range?: [number, number, number] }).range?.[0] ?? offset;
    node = isPair(next) ? next.value : next;
  }
  return { file, line: counter.linePos(offset).line, what, ...(rule ? { rule } : {}) };
}
