import { dirname } from 'node:path';
import Type, { type Static } from 'typebox';
import { loadLastValidConfig, validateConfig } from '../../config/file/load.ts';
import type { ConfigReport } from '../../config/file/report-schema.ts';
import { ownerBesideRoot, sudoName } from '../../config/home-owner.ts';
import { configFile, type Env, homeFolder, type Paths } from '../../config/paths.ts';
import type { Config } from '../../config/schema.ts';
import { flag, list, noted, nullable, text } from '../../lib/shapes.ts';
import { shell } from '../../lib/text/shell.ts';
import { liveSessions, queuedSessions } from '../../projections/sessions/queries.ts';
import { currentFaults } from '../../projections/watch-faults.ts';
import { TmuxServers } from '../../terminal/tmux/servers.ts';
import { ruleProblems } from '../core/setup/config-problems.ts';
import { broken, doubtful, Finding, fine } from '../core/setup/finding.ts';
import { checkNode, checkProgram, programPath } from '../core/setup/programs.ts';
import { lastBeat } from '../core/watcher/heartbeat.ts';
import { isUpToDate, isWatched, runningWatcher } from '../core/watcher/liveness.ts';
import { Inventory, takeInventory } from '../queries/inventory.ts';
import { checkDisk, checkWritable } from './disk.ts';
import { checkFleet } from './fleet.ts';
import { checkLedger, checkWatch, unwatched } from './ledger.ts';
import { checkNetwork } from './network.ts';
import { PrivacyReport, privacyReport } from './privacy.ts';
import { checkRights } from './private-rights.ts';
import { checkServers, checkSocket } from './terminal.ts';
import { checkTokenIndex } from './token-index.ts';
import { findHelpers, HelperCheck, helperCheck, type UsageHelper } from './usage-helpers.ts';
import { checkVersions } from './versions.ts';

const DeepDiagnosis = Type.Object({
  ok: flag,
  checks: list(HelperCheck),
  inventory: Inventory,
  next_commands: list(text),
});
type DeepDiagnosis = Static<typeof DeepDiagnosis>;

export const Diagnosis = Type.Object(
  {
    ok: noted(flag, 'False if a finding is an error.'),
    home: text,
    config_path: text,
    db_path: text,
    artifact_root: text,
    findings: list(Finding),
    tmux: Type.Object({ installed: flag, path: nullable(text) }),
    terminal_control: noted(
      Type.Object({
        enabled: Type.Literal(false),
        installed: Type.Literal(false),
        path: Type.Null(),
      }),
      'The second runtime of the Python AgentPool; workers run in tmux here.',
    ),
    inventory: Inventory,
    deep: Type.Optional(DeepDiagnosis),
    privacy: Type.Optional(PrivacyReport),
  },
  {
    description: 'The checks of the setup, and how to fix what is broken. The exit code is 1 if anything is.',
  },
);
export type Diagnosis = Static<typeof Diagnosis>;

interface Place {
  home: string;
  env: Env;
  config: Config;
  paths: Paths;
  configPath: string;
}

/**
 * Checks everything that AgentPool depends on, and suggests fixes. Creates nothing. `deep` verifies the whole chain of
 * the ledger and looks for optional helpers; `also` are findings of other checks; `privacy` reports what is stored and which hosts are asked.
 */
export async function diagnose(
  env: Env,
  request: { deep: boolean; privacy: boolean; also?: readonly Finding[] },
): Promise<Diagnosis> {
  const { place, report } = await placeOf(env);
  const { home, paths: at, configPath } = place;
  const tmuxPath = programPath('tmux', env);
  const [checked, inventory, helpers] = await Promise.all([
    findingsAt(place, report, request.deep),
    takeInventory(place, { includeFakes: true }),
    request.deep || request.privacy ? findHelpers(env) : [],
  ]);
  const versions = await checkVersions(inventory.providers, at);
  const findings = [...checked, ...versions, ...(request.also ?? [])];
  const ok = findings.every(({ severity }) => severity !== 'error');
  return {
    ok,
    home,
    config_path: configPath,
    db_path: at.ledger,
    artifact_root: at.artifacts,
    findings,
    tmux: { installed: tmuxPath !== null, path: tmuxPath },
    terminal_control: { enabled: false, installed: false, path: null },
    inventory,
    ...(request.deep ? { deep: deepDiagnosis(ok, helpers, inventory, findings) } : {}),
    ...(request.privacy ? { privacy: await privacyReport(place, helpers) } : {}),
  };
}

/** If the config has an error, the last valid one or the defaults: one error must not hide the others. */
async function placeOf(env: Env): Promise<{ place: Place; report: ConfigReport }> {
  const home = homeFolder(env);
  const configPath = configFile(home, env);
  const report = await validateConfig(configPath);
  const { config, paths } = await loadLastValidConfig(home, env);
  return { place: { home, env, configPath, config, paths }, report };
}

async function findingsAt(place: Place, report: ConfigReport, deep: boolean): Promise<Finding[]> {
  const { home, env, paths: at } = place;
  const tmux = new TmuxServers(home, env);
  const [git, tmuxProgram] = await Promise.all([checkProgram('git', env), checkProgram('tmux', env)]);
  return [
    checkNode(),
    ...checkOwner(home),
    git,
    tmuxProgram,
    checkSocket(home),
    ...(tmuxProgram.ok ? [await checkServers(tmux)] : []),
    checkConfig(report),
    ...checkRules(at),
    ...ledgerFindings(place, deep),
    await checkRights([home, at.artifacts, at.ledger]),
    await checkDisk(dirname(at.ledger)),
    ...(await checkWritable([dirname(at.ledger), at.artifacts])),
    ...checkTokenIndex(at),
    ...checkNetwork(env),
  ];
}

/** Whether root runs this in the home of another user; no finding otherwise. */
function checkOwner(home: string): Finding[] {
  const owner = ownerBesideRoot(home);
  if (!owner) return [];
  const found = `${home} belongs to ${owner.name}, and this is root: no command of root's writes there`;
  return [broken('home', found, shell`sudo -u ${sudoName(owner)} agentpool doctor`)];
}

function ledgerFindings({ home, paths: at, config }: Place, whole: boolean): Finding[] {
  // SQLite would make files beside it.
  if (ownerBesideRoot(home)) return [];
  const { findings, ledger } = checkLedger(at, { whole });
  if (!ledger) return findings;
  try {
    const live = liveSessions(ledger).length;
    const queued = queuedSessions(ledger).length;
    const running = runningWatcher(ledger);
    const facts = {
      live,
      queued,
      watched: isWatched(ledger, at),
      sound: isUpToDate(ledger, at),
      running: running?.pid ?? null,
      waiting: (running && lastBeat(at, running)?.waiting) ?? 0,
      enabled: config.watcher.enabled,
    };
    return [
      ...findings,
      checkWatch(facts),
      ...unwatched(currentFaults(ledger)),
      ...checkFleet(ledger, at, new Date()),
    ];
  } finally {
    ledger.close();
  }
}

function checkConfig({ ok, path, exists, errors, warnings }: ConfigReport): Finding {
  const [first = ''] = [...errors, ...warnings];
  const more = errors.length + warnings.length - 1;
  const found = more > 0 ? `${first} (and ${more} more)` : first;
  if (!ok) return broken('config', found, 'agentpool config validate');
  if (warnings.length > 0) return doubtful('config', found, 'agentpool config validate');
  return fine('config', exists ? path : 'no file: the defaults apply (agentpool init writes one)');
}

/** Checks the user's own rules; no finding if there are none or all are valid. */
function checkRules({ detectors }: Paths): Finding[] {
  const [first, ...others] = ruleProblems(detectors);
  if (first === undefined) return [];
  const found = others.length > 0 ? `${first} (and ${others.length} more)` : first;
  return [broken('detectors', found, 'agentpool detectors validate')];
}

function deepDiagnosis(
  ok: boolean,
  helpers: UsageHelper[],
  inventory: Inventory,
  findings: Finding[],
): DeepDiagnosis {
  const fixes = findings.flatMap(({ fix }) => fix.slice(0, 1));
  return {
    ok,
    checks: helpers.map(helperCheck),
    inventory,
    next_commands: fixes.length > 0 ? fixes : ['agentpool smoke', 'agentpool usage-summary --refresh'],
  };
}
