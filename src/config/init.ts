import Type, { type Static } from 'typebox';
import { AgentPoolError } from '../lib/errors.ts';
import { makeFolders } from '../lib/files/private-files.ts';
import { backupPath, readTextFile, UnreadableFile } from '../lib/files/user-files.ts';
import { flag, list, noted, nullable, text } from '../lib/shapes.ts';
import { CONFIG_LIMIT, loadConfig, validateConfig } from './file/load.ts';
import { configFile, type Env, paths } from './paths.ts';
import { type InitOptions, initPreferences, replaceFile } from './preferences.ts';
import { PreferencesInit } from './preferences-schema.ts';
import { PROVIDER_IDS } from './provider-ids.ts';

/** What `agentpool init` prints. */
export const HomeInit = Type.Object(
  {
    changed: flag,
    config_path: text,
    backup_path: nullable(text),
    reason: text,
    dry_run: flag,
    would_write: flag,
    would_backup: flag,
    providers: noted(
      list(text),
      "Every provider that is not switched off in the config, the user's own too.",
    ),
    warnings: noted(list(text), 'The problems of an existing config, which init does not change.'),
    preferences: PreferencesInit,
    next_commands: list(text),
  },
  { description: 'What was made of the home, or would be.' },
);
export type HomeInit = Static<typeof HomeInit>;

/**
 * Creates a home: its folders (0700), a commented config.yaml and preferences.md (0600). Existing files stay
 * unchanged; with `force` both files are backed up and overwritten. Throws CONFIG_NOT_WRITTEN.
 */
export async function initHome(
  home: string,
  options: InitOptions & { configPath?: string; preferencesPath?: string; env: Env },
): Promise<HomeInit> {
  const { force = false, dryRun = false, now = new Date(), env } = options;
  const place = paths(home);
  const config_path = options.configPath ?? configFile(home, env);

  if (!dryRun) makeAll([place.home, place.artifacts, place.detectors, place.run]);
  const { configTemplate } = await import('./file/template.ts');
  const template = configTemplate();
  const before = contentsOf(config_path);
  const write = before === null || (force && before !== template);
  const backup_path = write && before !== null ? backupPath(config_path, now) : null;
  if (write && !dryRun) replaceFile(config_path, template, backup_path);

  const preferences = initPreferences(options.preferencesPath ?? place.preferences, { force, dryRun, now });
  const { providers, warnings } = await providersOf(home, { ...env, AGENTPOOL_CONFIG: config_path });
  return {
    changed: write && !dryRun,
    config_path,
    backup_path,
    reason: reasonFor({ write, dryRun, isTemplate: before === template }),
    dry_run: dryRun,
    would_write: write,
    would_backup: backup_path !== null,
    providers,
    warnings,
    preferences,
    next_commands: [
      'agentpool doctor',
      'agentpool usage-summary --refresh',
      'agentpool smoke',
      'agentpool onboard',
    ],
  };
}

/** Existing folders keep their permissions: AGENTPOOL_HOME may name a shared folder. `doctor` reports it. */
function makeAll(folders: string[]): void {
  for (const folder of folders) {
    try {
      makeFolders(folder);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw new AgentPoolError(
        'CONFIG_NOT_WRITTEN',
        `The folder ${folder} could not be made: ${code ?? message}. Remove what is in its place, or name another home.`,
        {
          path: folder,
          reason: code ?? message,
          example: 'AGENTPOOL_HOME="$HOME/.agentpool" agentpool init',
        },
        { cause: error },
      );
    }
  }
}

/** The text of the file, or null if there is none. Anything that is not text counts as different from any text. */
function contentsOf(path: string): string | null {
  try {
    return readTextFile(path, CONFIG_LIMIT);
  } catch (error) {
    if (error instanceof UnreadableFile) return '';
    throw error;
  }
}

function reasonFor({ write, dryRun, isTemplate }: { write: boolean; dryRun: boolean; isTemplate: boolean }) {
  if (write) return dryRun ? 'would write the default config' : 'wrote the default config';
  return isTemplate
    ? 'already the default config'
    : 'a config already exists; --force replaces it, after a backup';
}

async function providersOf(home: string, env: Env): Promise<{ providers: string[]; warnings: string[] }> {
  const report = await validateConfig(configFile(home, env));
  if (!report.ok) return { providers: [...PROVIDER_IDS], warnings: report.errors };
  const { config } = await loadConfig(home, env);
  const enabled = PROVIDER_IDS.filter((id) => config.providers[id].enabled);
  return {
    providers: [...enabled, ...config.custom_providers.map(({ id }) => id)],
    warnings: report.warnings,
  };
}
