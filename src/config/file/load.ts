import { basename, join } from 'node:path';
import { AgentPoolError } from '../../lib/errors.ts';
import { readTextFile, UnreadableFile } from '../../lib/files/user-files.ts';
import { configFile, type Env, type Paths, paths, userPath } from '../paths.ts';
import type { Config } from '../schema.ts';
import { type Kept, keep, lastValid, recall } from './cache.ts';
import { defaultConfig } from './defaults.ts';
import { type Problem, problemLine } from './problems.ts';
import type { ConfigReport } from './report-schema.ts';

/**
 * A config of this size describes hundreds of providers. A larger file is a mistake, or an attack on the YAML parser.
 */
export const CONFIG_LIMIT = 256 * 1024;

export interface LoadedConfig {
  /** The defaults with the file's values over them; the paths in it are absolute. */
  config: Config;
  paths: Paths;
  /** The path of the config file, and whether the file exists. */
  path: string;
  exists: boolean;
  /** Problems that do not make the config invalid, mostly unknown keys. */
  warnings: Problem[];
}

/** The config in force. Throws CONFIG_INVALID, which lists every error of the file with its line. */
export async function loadConfig(home: string, env: Env): Promise<LoadedConfig> {
  const path = configFile(home, env);
  const read = await readConfig(path, home);
  if ('problems' in read) throw invalidConfig(path, read.problems);
  return loaded(read, home, env);
}

/** For commands that must work with an invalid file: falls back to the last valid config, then to the defaults. */
export async function loadLastValidConfig(home: string, env: Env): Promise<LoadedConfig> {
  const read = await readConfig(configFile(home, env), home);
  if (!('problems' in read)) return loaded(read, home, env);
  const kept = lastValid(home) ?? { config: defaultConfig(), warnings: [] };
  return loaded({ kept, exists: true }, home, env);
}

function loaded({ kept, exists }: { kept: Kept; exists: boolean }, home: string, env: Env): LoadedConfig {
  const config = withAbsolutePaths(kept.config, home, env);
  const path = configFile(home, env);
  return { config, paths: paths(home, config.storage), path, exists, warnings: kept.warnings };
}

/** Every problem of a config file. A missing file is no problem, unless `mustExist` (the user named it). */
export async function validateConfig(path: string, { mustExist = false } = {}): Promise<ConfigReport> {
  const read = await readConfig(path, null);
  const exists = 'problems' in read || read.exists;
  const problems = 'problems' in read ? read.problems : [...read.kept.warnings];
  if (mustExist && !exists) problems.push(fileProblem('does not exist', 'Create it with: agentpool init'));
  const lines = (severity: Problem['severity']) =>
    problems
      .filter((problem) => problem.severity === severity)
      .map((problem) => problemLine(basename(path), problem));
  const errors = lines('error');
  return { ok: errors.length === 0, path, exists, errors, warnings: lines('warning'), problems };
}

type Read = { kept: Kept; exists: boolean } | { problems: Problem[] };

/** Reads and parses the file; with `cacheIn` (a home), a text in the cache of that home is not parsed again. */
async function readConfig(path: string, cacheIn: string | null): Promise<Read> {
  let text: string | null;
  try {
    text = readTextFile(path, CONFIG_LIMIT);
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    return { problems: [fileProblem(error.message, error.fix)] };
  }
  if (text === null) return { kept: { config: defaultConfig(), warnings: [] }, exists: false };

  const kept = cacheIn && recall(cacheIn, text);
  if (kept) return { kept, exists: true };
  const { parse } = await import('./parse.ts');
  const parsed = parse(text);
  if (!parsed.config) return { problems: parsed.problems };
  if (cacheIn) keep(cacheIn, text, parsed);
  return { kept: parsed, exists: true };
}

function fileProblem(message: string, fix: string): Problem {
  return { severity: 'error', path: '', line: null, column: null, message, fix };
}

function invalidConfig(path: string, problems: Problem[]): AgentPoolError {
  const errors = problems.filter((problem) => problem.severity === 'error');
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return new AgentPoolError('CONFIG_INVALID', `${first ? problemLine(path, first) : path}${more}`, {
    path,
    problems: errors,
    example: 'agentpool config validate',
  });
}

function withAbsolutePaths(config: Config, home: string, env: Env): Config {
  const { db_path, artifact_root } = config.storage;
  const absolute = (path: string) => userPath(path, home, env);
  return {
    ...config,
    storage: { db_path: absolute(db_path), artifact_root: absolute(artifact_root) },
    workspace: {
      ...config.workspace,
      worktree_root: config.workspace.worktree_root && absolute(config.workspace.worktree_root),
    },
    model_catalog_paths: config.model_catalog_paths.map(absolute),
    providers: mapValues(config.providers, (provider, id) => ({
      ...provider,
      accounts: provider.accounts.map((account) => ({
        ...account,
        folder: absolute(account.folder ?? join('accounts', id, account.name)),
      })),
    })),
  };
}

const mapValues = <Key extends string, Value>(
  record: Record<Key, Value>,
  value: (of: Value, key: Key) => Value,
): Record<Key, Value> =>
  Object.fromEntries(
    Object.entries<Value>(record).map(([key, of]) => [key, value(of, key as Key)]),
  ) as Record<Key, Value>;

/** The config as `config print` shows it: every value in force; those of environments are hidden. */
export function configForPrint(config: Config): Config {
  const hidden = (env: Record<string, string>) =>
    Object.fromEntries(Object.keys(env).map((name) => [name, '[hidden]']));
  return {
    ...config,
    providers: mapValues(config.providers, (provider) => ({
      ...provider,
      accounts: provider.accounts.map((account) => ({ ...account, env: hidden(account.env) })),
    })),
    custom_providers: config.custom_providers.map((custom) => ({ ...custom, env: hidden(custom.env) })),
  };
}
