import type { Env } from '../config/paths.ts';
import type { AgentId } from '../config/provider-ids.ts';
import type { ServerCommand } from './server-command.ts';

/** Under which name hosts list our server. */
export const SERVER = 'agentpool';

export interface HostPlace {
  env: Env;
  /** The user's own folder, absolute. */
  home: string;
  platform: NodeJS.Platform;
}

/** A program that speaks MCP: what its file looks like, and how it writes that itself. Data: nothing is done here. */
export interface Host {
  /** The word after `--client`. */
  id: string;
  display_name: string;
  /** The provider that is the same program. */
  provider: AgentId | null;
  /** The program of its command line; null for one that has none. */
  program: string | null;
  /** Started from a dock or a menu, without the PATH of a shell. */
  windowed?: true;
  format: 'json' | 'toml';
  /** The user's file in which it keeps its servers; null where every host has another. */
  path: ((place: HostPlace) => string) | null;
  /** The same for one repository, relative to it. */
  project_path: string | null;
  /** The keys that lead to the servers in a JSON file. */
  servers: readonly string[];
  /** One server, as it is written under those keys. */
  entry(server: ServerCommand): HostEntry;
  /** In place of `servers` and `entry` where the file is TOML. */
  toml?: (server: ServerCommand) => string;
  /** The arguments with which its own command line adds our server, and takes it out again. */
  add?: (server: ServerCommand) => string[];
  remove?: readonly string[];
  /** The arguments with which it shows our server; where left out, its file is read. */
  get?: readonly string[];
  /** A link that opens the host and lets its user confirm. */
  deeplink?: (server: ServerCommand) => string;
  /** The same through its own menu. */
  menu?: { command: string; fields: (server: ServerCommand) => Record<string, string> };
  /** How to see that it works: commands, or what to look for. */
  verify: readonly string[];
  /** What a person has to know or do besides. */
  notes: readonly string[];
}

export type HostEntry = Readonly<Record<string, unknown>>;

/** `{command, args, env}`: what most hosts have in common. The environment is left out where it says nothing. */
export const plainEntry = ({ command, args, env }: ServerCommand): HostEntry => ({
  command,
  args,
  ...(Object.keys(env).length > 0 ? { env } : {}),
});

/** `--env A=1 --env B=2`, in the host's own word for it. */
export const envArgs = ({ env }: ServerCommand, option = '--env'): string[] =>
  Object.entries(env).flatMap(([name, value]) => [option, `${name}=${value}`]);

export const words = ({ command, args }: ServerCommand): string[] => [command, ...args];
