import { basename } from 'node:path';
import Value from 'typebox/value';
import { isMap, isPair, isScalar, isSeq, LineCounter, parse, parseDocument } from 'yaml';
import { errorMessage } from '../../../lib/errors.ts';
import { readTextFile, UnreadableFile } from '../../../lib/files/user-files.ts';
import { compileFile, PatternProblem } from './compile.ts';
import { RuleFile, type RuleProblem } from './schema.ts';

/** A rule file of that provider; what is wrong with it, where its shape is. Patterns are not checked yet. */
export function readRuleFile(path: string, provider: string): RuleFile | RuleProblem[] {
  let content: unknown;
  try {
    content = parse(textOf(path));
  } catch {
    return checkRuleFile(path, provider);
  }
  return Value.Check(RuleFile, content) && content.provider === provider
    ? content
    : checkRuleFile(path, provider);
}

/** Larger than all rules of AgentPool together. */
const LIMIT = 1024 * 1024;

/** @throws UnreadableFile for a folder, a pipe, a file that is too large, may not be read or is no text. */
function textOf(path: string): string {
  const text = readTextFile(path, LIMIT);
  if (text === null) throw new UnreadableFile('does not exist', 'Check the path');
  return text;
}

const nameOf = (path: string): string => basename(path).replace(/\.ya?ml$/, '');

/** What is wrong with a rule file, each with its line; empty when nothing is. */
export function checkRuleFile(path: string, expected = nameOf(path)): RuleProblem[] {
  try {
    return checkRules(textOf(path), path, expected);
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    return [{ file: path, line: 0, what: `the file ${error.message}. ${error.fix}` }];
  }
}

/** The same for a text. `path` names it in the problems; it may be for any provider where `expected` is null. */
export function checkRules(text: string, path: string, expected: string | null): RuleProblem[] {
  let content: unknown;
  try {
    content = parse(text, { maxAliasCount: 100 });
  } catch (error) {
    const line = (error as { linePos?: { line: number }[] }).linePos?.[0]?.line ?? 1;
    return [{ file: path, line, what: `not YAML: ${errorMessage(error).split('\n')[0]}` }];
  }
  if (!Value.Check(RuleFile, content)) return shapeProblems(path, text, content);
  if (expected !== null && content.provider !== expected) {
    return [
      at(path, text, ['provider'], `the file is named ${expected} but its provider is ${content.provider}`),
    ];
  }
  try {
    compileFile(content.provider, [{ path, content, isUsers: true, isTried: true }]);
    return [];
  } catch (error) {
    if (!(error instanceof PatternProblem)) throw error;
    return [at(path, text, error.path, error.message, error.rule)];
  }
}

function shapeProblems(path: string, text: string, content: unknown): RuleProblem[] {
  const problems = [...Value.Errors(RuleFile, content)].map((error) => {
    const keys = error.instancePath.split('/').slice(1);
    const rule = keys[0] === 'rules' ? ruleName(content, Number(keys[1])) : undefined;
    const params = error.params as { additionalProperties?: string[]; allowedValues?: string[] };
    const more = params.additionalProperties?.join(', ');
    return at(
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

/** Only a file with a fault is read a second time, for its line numbers: they cost more than the rules themselves. */
function at(file: string, text: string, keys: (string | number)[], what: string, rule?: string): RuleProblem {
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
    const spot = isPair(next) ? next.key : next;
    offset = (spot as { range?: [number, number, number] }).range?.[0] ?? offset;
    node = isPair(next) ? next.value : next;
  }
  return { file, line: counter.linePos(offset).line, what, ...(rule ? { rule } : {}) };
}
