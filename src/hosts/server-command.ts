import { realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { configFile, type Env, homeFolder } from '../config/paths.ts';
import { packageRoot } from '../lib/package-root.ts';

/** How a host starts our server. */
export interface ServerCommand {
  command: string;
  args: readonly string[];
  /** Only what differs from how it would be without: another home, another config. */
  env: Readonly<Record<string, string>>;
}

/**
 * `agentpool mcp`, or, `absolute`, this Node and this package by their paths: programs with windows do not have the PATH
 * of a shell.
 */
export function serverCommand(env: Env, { absolute }: { absolute: boolean }): ServerCommand {
  const home = homeFolder(env);
  const elsewhere = {
    ...(env.AGENTPOOL_HOME?.trim() ? { AGENTPOOL_HOME: home } : {}),
    ...(env.AGENTPOOL_CONFIG?.trim() ? { AGENTPOOL_CONFIG: configFile(home, env) } : {}),
  };
  return absolute
    ? { command: lastingNode(env), args: [join(packageRoot(), 'dist', 'main.js'), 'mcp'], env: elsewhere }
    : { command: 'agentpool', args: ['mcp'], env: elsewhere };
}

/** Node by a path that survives its next version: process.execPath has the version in it where brew installed it. */
function lastingNode({ PATH = '' }: Env): string {
  const named = PATH.split(delimiter).map((folder) => join(folder || '.', 'node'));
  return named.find((path) => realPath(path) === process.execPath) ?? process.execPath;
}

function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
