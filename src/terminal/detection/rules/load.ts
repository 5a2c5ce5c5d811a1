import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AgentPoolError } from '../../../lib/errors.ts';
import { compareVersions } from '../../../lib/text/versions.ts';
import { compileFile, type LoadedFile, PatternProblem } from './compile.ts';
import { checkRuleFile, readRuleFile } from './rule-file.ts';
import type { RuleSet } from './rule-set.ts';
import type { RuleFile, RuleProblem } from './schema.ts';

/** A source of rules: the files of one layer, at most one per provider. */
export interface RuleLayer {
  providers(): string[];
  /** The path of that provider's rules; null where this layer has none. */
  fileFor(provider: string): string | null;
  /** Whether a user wrote them. */
  isUsers?: true;
  /** What its file would hold, of rules that are in none yet. */
  content?: RuleFile;
}

/** The rules for screens that no provider rule matches, and for agents without rules of their own. */
export const GENERAL = 'general';

/** The rules of a folder, one file per provider that is named after it. The folder may be missing. */
const layerOf = (folder: string, endings: readonly string[]): RuleLayer => ({
  providers: () =>
    existsSync(folder)
      ? readdirSync(folder).flatMap((name) => {
          const ending = endings.find((each) => name.endsWith(each));
          return ending === undefined ? [] : [name.slice(0, -ending.length)];
        })
      : [],
  fileFor: (provider) => endings.map((ending) => join(folder, provider + ending)).find(existsSync) ?? null,
});

/** A user's rules: `<provider>.yaml` or `.yml`. */
export const rulesIn = (folder: string): RuleLayer => ({
  ...layerOf(folder, ['.yaml', '.yml']),
  isUsers: true,
});

/** Rules that are in no file yet, as if a user had written them. They were checked. */
export const offeredRules = (content: RuleFile, path: string): RuleLayer => ({
  providers: () => [content.provider],
  fileFor: (provider) => (provider === content.provider ? path : null),
  isUsers: true,
  content,
});

/** Rules that the build has checked: `<provider>.json`. */
export const builtRulesIn = (folder: string): RuleLayer => layerOf(folder, ['.json']);

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
  if (own.rules.length === 0) return general;
  if (own.isUsers && own.layout.boxes.length === 0) return over(general, own);
  // The general rules are asked only where an agent's own find nothing; paid use must be seen beside anything else.
  const paid = general.rules.filter((rule) => rule.paid && own.rules.every(({ name }) => name !== rule.name));
  return { ...own, beside: paid, fallback: general };
}

/** Single rules for an agent of which nothing else is known: the general ones still say where its input is. */
function over(general: RuleSet, { provider, rules, isUsers }: RuleSet): RuleSet {
  const names = new Set(rules.map(({ name }) => name));
  return {
    ...general,
    provider,
    rules: [...general.rules.filter(({ name }) => !names.has(name)), ...rules],
    ...(isUsers ? { isUsers } : {}),
  };
}

/** The versions of that agent that the rules of these layers were tried with, oldest first. Compiles no pattern. */
export function ruleVersions(provider: string, layers: readonly RuleLayer[]): string[] {
  const files = filesOf(provider, layers);
  const versions = files.flatMap((file) => loaded(file).content.versions ?? []);
  return [...new Set(versions)].sort(compareVersions);
}

interface RuleFileOf {
  provider: string;
  path: string;
  isUsers: boolean;
  content: RuleFile | undefined;
}

const filesOf = (provider: string, layers: readonly RuleLayer[]): RuleFileOf[] =>
  layers.flatMap(({ fileFor, isUsers = false, content }) => {
    const path = fileFor(provider);
    return path === null ? [] : [{ provider, path, isUsers, content }];
  });

function compileLayers(provider: string, layers: readonly RuleLayer[]): RuleSet {
  const files = withBase(provider, layers);
  try {
    return compileFile(provider, files.map(loaded));
  } catch (error) {
    if (error instanceof PatternProblem)
      throw invalid(
        files
          .filter(({ path, content }) => !content && !isBuilt(path))
          .flatMap((file) => checkRuleFile(file.path, file.provider)),
      );
    throw error;
  }
}

/** The files of a provider, above those of the agent that it is a fork of. A base has none itself: no circle can arise. */
function withBase(provider: string, layers: readonly RuleLayer[]): RuleFileOf[] {
  const own = filesOf(provider, layers);
  const forked = own.findLast((file) => loaded(file).content.base !== undefined);
  const base = forked && loaded(forked).content.base;
  if (base === undefined) return own;
  const files = filesOf(base, layers);
  if (files.length > 0) return [...files, ...own];
  throw invalid([{ file: forked?.path ?? '', line: 0, what: `its base, ${base}, has no rules` }]);
}

/** The build has checked its own rules, and keeps them as JSON: only a user's rules need YAML and a schema. */
const isBuilt = (path: string): boolean => path.endsWith('.json');

/** Ours as YAML, where nothing is built: they do not change, and take long to read. */
const sources = new Map<string, RuleFile>();

function loaded({ provider, path, isUsers, content: offered }: RuleFileOf): LoadedFile {
  const known = offered ?? sources.get(path);
  if (known) return { path, content: known, isUsers };
  if (isBuilt(path)) return { path, content: JSON.parse(readFileSync(path, 'utf8')) as RuleFile, isUsers };
  const content = readRuleFile(path, provider);
  if (Array.isArray(content)) throw invalid(content);
  if (!isUsers) sources.set(path, content);
  return { path, content, isUsers };
}

const invalid = (problems: RuleProblem[]): AgentPoolError =>
  new AgentPoolError('RULES_INVALID', problems.map(describe).join('\n'), {
    problems,
    example: 'agentpool detectors validate',
  });

const describe = ({ file, line, rule, what }: RuleProblem): string =>
  `${file}:${line}: ${rule ? `rule ${rule}: ` : ''}${what}`;
