import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import type { Env } from '../lib/process/environment.ts';

export type { Env } from '../lib/process/environment.ts';

/** The files and folders of one AgentPool home, as absolute paths. */
export interface Paths {
  home: string;
  config: string;
  preferences: string;
  ledger: string;
  artifacts: string;
  tmuxSocket: string;
  /** The user's own detection rules, one file per provider. */
  detectors: string;
  /** The full requests of workers that wait for their start. */
  queue: string;
  /** The logs of the other machines of the fleet, and what was last known of them. Fetched again if deleted. */
  fleet: string;
  /** Runtime files: locks, the watcher's files, caches. Safe to delete while no AgentPool process runs. */
  run: string;
}

/**
 * The folder that holds everything: AGENTPOOL_HOME, else ~/.agentpool. Absolute, so that a later chdir changes nothing.
 */
export function homeFolder(env: Env): string {
  const named = env.AGENTPOOL_HOME?.trim();
  return named ? resolve(expandTilde(named, env)) : join(userHome(env), '.agentpool');
}

/** The paths below `home`; `storage` (of a loaded config) moves the ledger and the artifacts elsewhere. */
export function paths(home: string, storage?: { db_path: string; artifact_root: string }): Paths {
  return {
    home,
    config: join(home, 'config.yaml'),
    preferences: join(home, 'preferences.md'),
    ledger: storage ? resolve(home, storage.db_path) : join(home, 'ledger.sqlite'),
    artifacts: storage ? resolve(home, storage.artifact_root) : join(home, 'artifacts'),
    tmuxSocket: join(home, 'tmux.sock'),
    detectors: join(home, 'detectors'),
    queue: join(home, 'queue'),
    fleet: join(home, 'fleet'),
    run: join(home, 'run'),
  };
}

/** The config file in force: AGENTPOOL_CONFIG, else config.yaml of the home. */
export function configFile(home: string, env: Env): string {
  const named = env.AGENTPOOL_CONFIG?.trim();
  return named ? resolve(expandTilde(named, env)) : paths(home).config;
}

/** A path as a person writes it in a file: `~` is their home, a relative one is below `base`. */
export function userPath(path: string, base: string, env: Env): string {
  const expanded = expandTilde(path, env);
  return isAbsolute(expanded) ? expanded : resolve(base, expanded);
}

function expandTilde(path: string, env: Env): string {
  if (path === '~') return userHome(env);
  return path.startsWith('~/') ? join(userHome(env), path.slice(2)) : path;
}

function userHome(env: Env): string {
  return env.HOME || homedir();
}
