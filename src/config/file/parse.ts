import { basename, dirname, join } from 'node:path';
import { Default } from 'typebox/value';
import { suggest } from '../../lib/suggest.ts';
import { AGENT_IDS, DEFAULT_ACCOUNT, fullProviderId, PROVIDER_IDS } from '../provider-ids.ts';
import { type Config, configSchema, configTree, type SchemaNode } from '../schema.ts';
import { defaultConfig } from './defaults.ts';
import { type ConfigDocument, readDocument } from './document.ts';
import { isRecord, mismatches } from './mismatches.ts';
import { dotted, type Problem, type Segments, shown } from './problems.ts';

export type Parsed = { config: Config; warnings: Problem[] } | { config: null; problems: Problem[] };

/**
 * Parses a config over the defaults, or returns all of its problems. Pure. An unknown key is a warning (a newer
 * AgentPool may know it), a wrong type or range an error. With any error there is no config: applying half a policy is
 * unsafe. Paths stay as written; short names of providers become their ids.
 */
export function parse(text: string): Parsed {
  const document = readDocument(text);
  if (Array.isArray(document)) return { config: null, problems: document };

  const written = document.value ?? {};
  if (!isRecord(written)) return { config: null, problems: [notAMapping(document)] };

  const problems: Problem[] = [];
  const report: Report = (severity, segments, message, fix, part) => {
    const at = asWritten(written, segments);
    problems.push({ severity, path: dotted(at), ...document.place(at, part), message, fix });
  };
  const known = withoutUnknown(configTree, written, [], report);
  const merged = Default(configSchema, overlay(defaultConfig(), known));
  reportMismatches(merged, report);
  if (problems.some(isError)) return { config: null, problems };

  const config = merged as Config;
  checkNames(config, report);
  adaptPythonFiles(config, report);
  return problems.some(isError) ? { config: null, problems } : { config, warnings: problems };
}

type Report = (
  severity: Problem['severity'],
  segments: Segments,
  message: string,
  fix: string,
  part?: 'key' | 'value',
) => void;

const isError = (problem: Problem) => problem.severity === 'error';

function notAMapping(document: ConfigDocument): Problem {
  const message = `it is ${shown(document.value)}, but a config file is keys with values`;
  return {
    severity: 'error',
    path: '',
    ...document.place([]),
    message,
    fix: 'Start with: version: 1',
  };
}

function withoutUnknown(node: SchemaNode, value: unknown, at: Segments, report: Report): unknown {
  if (Array.isArray(value) && node.items) {
    const { items } = node;
    return value.map((item, index) => withoutUnknown(items, item, [...at, index], report));
  }
  if (!isRecord(value)) return value;
  const shape = node.properties ?? node.anyOf?.find((branch) => branch.properties)?.properties;
  if (!shape) return value;
  const kept: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    const name = node.keyed ? fullProviderId(key, []) : key;
    if (name !== key && Object.hasOwn(value, name))
      report('error', [...at, key], `is ${name}, which is there too`, 'Keep one of the two', 'key');
    const child = Object.hasOwn(shape, name) ? shape[name] : undefined;
    if (child) kept[name] = withoutUnknown(child, inner, [...at, name], report);
    else reportUnknown(key, Object.keys(shape), at, report);
  }
  return kept;
}

/** The path of these segments in the file, which may name a provider by its short name. */
function asWritten(written: unknown, segments: Segments): Segments {
  const [section = '', id, ...rest] = segments;
  const keys = valueAt(written, [section]);
  if (!configTree.properties?.[section]?.keyed || !isRecord(keys) || Object.hasOwn(keys, String(id)))
    return segments;
  const key = Object.keys(keys).find((each) => fullProviderId(each, []) === id);
  return key === undefined ? segments : [section, key, ...rest];
}

function reportUnknown(key: string, known: string[], at: Segments, report: Report): void {
  const near = suggest(key, known);
  const elsewhere = near ? undefined : homeOf(key, configTree, []);
  const fix = near
    ? `Did you mean ${near}?`
    : elsewhere
      ? `It belongs to ${elsewhere}`
      : `Known here: ${known.join(', ')}`;
  report('warning', [...at, key], 'is not a key that AgentPool knows, so it is ignored', fix, 'key');
}

/** The section that a misplaced key belongs to. */
function homeOf(key: string, node: SchemaNode, at: Segments): string | undefined {
  for (const [name, child] of Object.entries(node.properties ?? {})) {
    if (node.keyed || child.unused) continue;
    if (name === key) return dotted(at) || 'the first level';
    const found = homeOf(key, child, [...at, name]);
    if (found) return found;
  }
  return undefined;
}

/** Merges the values of the file over the defaults. A key without a value ('policy:') has no effect. */
function overlay(base: unknown, over: unknown): unknown {
  if (over === undefined || over === null) return base;
  if (!isRecord(base) || !isRecord(over)) return over;
  const keys = new Set([...Object.keys(base), ...Object.keys(over)]);
  return Object.fromEntries([...keys].map((key) => [key, overlay(base[key], over[key])]));
}

function reportMismatches(value: unknown, report: Report): void {
  const defaults = defaultConfig();
  const found = mismatches(configSchema, value, (segments) => valueAt(defaults, segments));
  for (const { segments, message, fix } of found) report('error', segments, message, fix);
}

function checkNames(config: Config, report: Report): void {
  const own = config.custom_providers.map(({ id }) => id);
  const known = [...PROVIDER_IDS, ...own];
  const accounts = AGENT_IDS.flatMap((id) =>
    [DEFAULT_ACCOUNT, ...config.providers[id].accounts.map(({ name }) => name)].map(
      (name) => `${id}@${name}`,
    ),
  );
  for (const [index, id] of own.entries()) {
    const taken = id === 'auto' || PROVIDER_IDS.some((builtIn) => builtIn === id) || own.indexOf(id) < index;
    if (taken) {
      report('error', ['custom_providers', index, 'id'], `is ${id}, which is taken`, 'Choose another name');
    }
  }
  for (const id of AGENT_IDS) {
    const names = [DEFAULT_ACCOUNT, ...config.providers[id].accounts.map(({ name }) => name)];
    for (const [index, name] of names.entries()) {
      if (names.indexOf(name) === index) continue;
      const at = ['providers', id, 'accounts', index - 1, 'name'];
      report('error', at, `is ${name}, which is taken`, 'Choose another name');
    }
  }
  // A misspelt denial would let the provider through; a misspelt permission only refuses too much.
  for (const [key, severity] of [
    ['denied_providers', 'error'],
    ['allowed_providers', 'warning'],
    ['allow_overage_for', 'warning'],
  ] as const) {
    config.policy[key] = config.policy[key].map((name) => fullKey(name, config));
    for (const [index, id] of config.policy[key].entries()) {
      if (known.includes(id) || accounts.includes(id)) continue;
      const near = suggest(id, id.includes('@') ? accounts : known);
      const fix = near ? `Did you mean ${near}?` : `Known are ${known.join(', ')}`;
      report(severity, ['policy', key, index], `names ${shown(id)}, which is no provider`, fix);
    }
  }
}

/** `claude@work` as `claude-code@work`. */
function fullKey(name: string, { custom_providers }: Config): string {
  const [provider = '', ...account] = name.split('@');
  return [fullProviderId(provider, custom_providers), ...account].join('@');
}

/** The `init` of the Python AgentPool wrote its own paths into the file. Without this check we would open them. */
function adaptPythonFiles(config: Config, report: Report): void {
  const { storage } = config;
  if (basename(storage.db_path) === 'agentpool.sqlite') {
    const ours = join(dirname(storage.db_path), 'ledger.sqlite');
    report(
      'warning',
      ['storage', 'db_path'],
      `is the database of the Python AgentPool; the ledger is kept beside it, in ${ours}`,
      `Write ${ours}`,
    );
    storage.db_path = ours;
  }
  for (const provider of Object.values(config.providers)) {
    if (provider.command?.some((word) => /fake_agents\/fake_\w+_agent\.py$/.test(word))) {
      provider.command = null;
      provider.binary_candidates = [];
    }
  }
}

function valueAt(root: unknown, segments: Segments): unknown {
  return segments.reduce<unknown>((value, key) => (isRecord(value) ? value[String(key)] : undefined), root);
}
