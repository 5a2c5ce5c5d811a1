import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import type { ProgramPlace } from '../../agents/contract/launch.ts';
import { accountKey, accountOfKey, inAccount } from '../../config/accounts.ts';
import { CLI_COORDINATOR, coordinatorIn } from '../../config/coordinator.ts';
import { type LoadedConfig, loadConfig } from '../../config/file/load.ts';
import { type Env, homeFolder, type Paths } from '../../config/paths.ts';
import type { DecisionContext } from '../../events/decider.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { shell } from '../../lib/text/shell.ts';
import { monotonic } from '../../lib/time/monotonic.ts';
import { type Ledger, openLedger } from '../../projections/projector/ledger.ts';
import { TmuxServers } from '../../terminal/tmux/servers.ts';

/**
 * Everything that a command works with: one AGENTPOOL_HOME, its config, its ledger and its terminal servers. In a
 * long-running process `reloadConfig` replaces `config`: read it where you decide, and do not keep it.
 */
export interface AppContext extends LoadedConfig {
  home: string;
  env: Env;
  ledger: Ledger;
  tmux: TmuxServers;
  /** Whose sessions count together: an MCP server is one coordinator, all command lines are another. */
  coordinator: string;
  /** Who appends events: cli, mcp, watcher. */
  actor: string;
  given(): DecisionContext;
  /** The event because of which it acts, and what its own events say about that: a request of another machine. */
  cause?: { eventId: string; notes: Record<string, unknown> };
  /** Called within every append's transaction; throws if this process must not write any more. */
  guard?(): void;
}

export interface OpenAppOptions {
  /** Reads the config. */
  load?: typeof loadConfig;
  /** Whose workers are counted together; by default the one that the environment names. */
  coordinator?: string;
}

/**
 * Opens the AGENTPOOL_HOME that the environment names; the caller closes its ledger.
 * @throws CONFIG_INVALID if `load` does, and what `openLedger` throws.
 */
export async function openApp(
  env: Env,
  actor: string,
  { load = loadConfig, coordinator = coordinatorIn(env) ?? CLI_COORDINATOR }: OpenAppOptions = {},
): Promise<AppContext> {
  const home = homeFolder(env);
  const loaded = await load(home, env);
  assertNotEmptied(loaded.paths);
  const ledger = openLedger(loaded.paths.ledger, {
    onMigration: noticeOf(() => 'bringing the ledger to a new format'),
    onRebuild: noticeOf((names: string[]) => `rebuilding ${names.join(', ')} from the log`),
  });
  return {
    ...loaded,
    home,
    env,
    ledger,
    tmux: new TmuxServers(home, env),
    coordinator,
    actor,
    given: () => ({ now: new Date(), newId: newSessionId }),
  };
}

/**
 * Throws LEDGER_CORRUPT if the ledger's file is empty while workers have left files here: it would silently become a
 * new ledger, and live workers would be known to no one.
 */
export function assertNotEmptied({ ledger, artifacts }: Pick<Paths, 'ledger' | 'artifacts'>): void {
  if (statSync(ledger, { throwIfNoEntry: false })?.size !== 0) return;
  if (!existsSync(artifacts) || !readdirSync(artifacts).some((name) => name.startsWith('ap_'))) return;
  throw new AgentPoolError(
    'LEDGER_CORRUPT',
    `${ledger} is empty, but ${artifacts} has the files of workers that it knew. Put a backup in its place, or remove it to begin an empty ledger; agentpool doctor --deep then finds workers that still run.`,
    { file: ledger, example: shell`rm ${ledger}` },
  );
}

/**
 * Reads config.yaml again. A valid file is in force for every decision from now on. One with errors leaves the last
 * valid file in force, and its error is returned. The ledger and the artifacts stay where they were opened.
 */
export async function reloadConfig(app: AppContext): Promise<AgentPoolError | null> {
  try {
    const { config, warnings, exists } = await loadConfig(app.home, app.env);
    Object.assign(app, { config, warnings, exists });
    return null;
  } catch (error) {
    if (error instanceof AgentPoolError && error.code === 'CONFIG_INVALID') return error;
    throw error;
  }
}

/** Where to search for this user's agents, and where they store their files. */
export const placeOf = ({ env }: Pick<AppContext, 'env'>): ProgramPlace => ({
  env,
  home: env.HOME || homedir(),
});

/** The same for the account of a worker: its own environment, as far as config.yaml still describes it. */
export function placeOfWorker(
  app: Pick<AppContext, 'env' | 'config'>,
  session: { provider_id: string; account: string | null },
): ProgramPlace {
  const account = accountOfKey(app.config, accountKey(session.provider_id, session.account));
  return account ? inAccount(placeOf(app), account) : placeOf(app);
}

/** `ap_` and ten letters and digits that cannot be confused with one another. */
export function newSessionId(): string {
  const alphabet = '23456789abcdefghjkmnpqrstuvwxyz';
  return `ap_${Array.from(randomBytes(10), (byte) => alphabet[byte % alphabet.length]).join('')}`;
}

/** Prints a notice on stderr once something that an upgrade needs has taken a second. */
function noticeOf<What>(text: (what: What) => string): (what: What) => void {
  const startedAt = monotonic();
  let isPrinted = false;
  return (what) => {
    if (isPrinted || monotonic() - startedAt < 1000) return;
    isPrinted = true;
    process.stderr.write(`agentpool: ${text(what)} (once, after an upgrade)\n`);
  };
}
