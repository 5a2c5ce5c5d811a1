import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { REHEARSED_STEPS, type Rehearsal } from '../../agents/contract/rehearsal.ts';
import { runnableAgent } from '../../agents/registry.ts';
import { writeHome } from '../../agents/rehearsed-home.ts';
import { updatesFolder } from '../../agents/rules/updated-rules.ts';
import { type Env, paths } from '../../config/paths.ts';
import { errorMessage } from '../../lib/errors.ts';
import { monotonic } from '../../lib/time/monotonic.ts';
import { GENERAL } from '../../terminal/detection/load.ts';
import { redact } from '../../workspace/redaction/redaction.ts';
import { openApp } from '../core/context.ts';
import { furnish, type Ground, groundEnvironment, newGround } from './ground.ts';
import { guard } from './guard.ts';
import { indexScreens, type KeptScreen, keepScreen } from './kept-screens.ts';
import { startModel } from './model.ts';
import { RehearsalOfAgent, type Tried } from './rehearse.ts';
import type { CheckedAgent, CheckedStep } from './schema.ts';
import { STEPS } from './steps.ts';

/** An installed agent that can be led through its screens. */
export interface Checkable {
  provider: string;
  version: string | null;
  versions: string[];
  /** The words that start it. */
  command: readonly string[];
  rehearsal: Rehearsal;
}

export interface Checking {
  env: Env;
  /** The folder of the user's own rules. */
  detectors: string;
  /** Where the screens go that were not recognised. */
  missed: string;
  /** Where all screens go; null for nowhere. */
  screens: string | null;
  timeoutMs: number;
  /** Ends the check; what is known by then is returned. */
  signal: AbortSignal;
  onStep(provider: string, step: CheckedStep): void;
}

/** Leads one agent through its screens in a throw-away place, which is gone when this returns. */
export async function checkAgent(agent: Checkable, given: Checking): Promise<CheckedAgent> {
  const start = monotonic();
  const ground = newGround();
  const guarded = guard(ground, given.env.PATH);
  const steps: CheckedStep[] = [];
  let error: string | null = null;
  try {
    await inside(ground, agent, given, steps);
  } catch (cause) {
    // What an interrupt breaks off is no fault of the agent.
    if (!given.signal.aborted) error = errorMessage(cause);
  } finally {
    await guarded.leave();
  }
  const all = REHEARSED_STEPS.map((name) => steps.find(({ step }) => step === name) ?? untried(name, agent));
  const { provider, version, versions } = agent;
  const ok = all.every(({ outcome }) => outcome === 'recognised' || outcome === 'lacking');
  return { provider, version, versions, ok, error, ms: Math.round(monotonic() - start), steps: all };
}

async function inside(
  ground: Ground,
  agent: Checkable,
  given: Checking,
  steps: CheckedStep[],
): Promise<void> {
  const { provider, rehearsal } = agent;
  await furnish(ground);
  const model = await startModel();
  try {
    const { url } = model;
    writeHome(ground.user, rehearsal, { model: url, folder: ground.repo, trusted: true });
    configure(ground, agent, given.detectors);
    const app = await openApp(groundEnvironment(ground, given.env, rehearsal.env(url)), 'cli');
    try {
      const { timeoutMs, signal } = given;
      const { retriesSilently = false } = await runnableAgent(app.config, provider);
      const run = new RehearsalOfAgent({
        app,
        model,
        provider,
        repo: ground.repo,
        lacks: rehearsal.lacks ?? [],
        retriesSilently,
        timeoutMs,
        signal,
      });
      try {
        for await (const tried of run.steps()) {
          const checked = told(tried, agent, given);
          steps.push(checked);
          given.onStep(provider, checked);
        }
      } finally {
        await run.end();
      }
    } finally {
      app.ledger.close();
    }
  } finally {
    await model.close();
  }
}

/** The settings of the throw-away AGENTPOOL_HOME, with the user's own rules for this agent and those that were taken for it. */
function configure({ home }: Ground, { provider, command }: Checkable, detectors: string): void {
  const config = {
    version: 1,
    // Read in this process: nothing may outlive it.
    watcher: { enabled: false },
    recording: 'off',
    policy: {
      allow_shared_repo_edits: true,
      require_worktree_for_edits: false,
      block_on_usage_statuses: [],
      min_remaining_percent: 0,
    },
    providers: { [provider]: { command } },
    startup_answers: { [provider]: { trust: 'accept', update: 'skip' } },
  };
  // JSON is YAML.
  writeFileSync(join(home, 'config.yaml'), JSON.stringify(config), { mode: 0o600 });
  const own = paths(home).detectors;
  const names = [provider, GENERAL].flatMap((name) => [`${name}.yaml`, `${name}.yml`]);
  for (const [from, to] of [
    [detectors, own],
    [updatesFolder(detectors), updatesFolder(own)],
  ] as const) {
    for (const file of names) {
      if (!existsSync(join(from, file))) continue;
      mkdirSync(to, { recursive: true, mode: 0o700 });
      copyFileSync(join(from, file), join(to, file));
    }
  }
}

/** How many rows of a screen are shown. */
const SHOWN_ROWS = 16;

function told(tried: Tried, { provider, version }: Checkable, { screens, missed }: Checking): CheckedStep {
  const { step, recognised, why, reading, fresh, state, capture, ms } = tried;
  const label = reading?.classification.label ?? null;
  const file = `${provider}-${step.name}.ansi.txt`;
  const folder = screens ?? (recognised ? null : missed);
  const path = folder !== null && capture !== null ? keepScreen(folder, file, capture.text) : null;
  if (screens !== null && path !== null) {
    const entry: KeptScreen = {
      file,
      provider,
      // A client that asks again and again is at work.
      label: recognised && label !== null ? label : step.label,
      ansi: true,
      title: redact(capture?.title ?? ''),
      version,
      note: step.name,
    };
    indexScreens(screens, [entry]);
  }
  return {
    step: step.name,
    outcome: recognised ? 'recognised' : 'missed',
    expected: step.label,
    label,
    rule: reading?.classification.rule ?? null,
    state,
    why: why === null ? null : redact(why),
    fresh: fresh === null ? null : redact(fresh),
    ms,
    screen: recognised && path === null ? null : { path, rows: lowerRows(reading?.rows ?? []) },
  };
}

/** The last rows of a screen, without blank ones below them. */
function lowerRows(rows: readonly string[]): string[] {
  const last = rows.findLastIndex((row) => row.trim() !== '');
  const shown = rows.slice(Math.max(0, last + 1 - SHOWN_ROWS), last + 1);
  return redact(shown.join('\n')).split('\n');
}

function untried(name: CheckedStep['step'], { rehearsal }: Checkable): CheckedStep {
  const expected = STEPS.find((step) => step.name === name)?.label ?? 'unknown';
  const outcome = rehearsal.lacks?.includes(name) ? 'lacking' : 'skipped';
  const nothing = { label: null, rule: null, state: null, why: null, fresh: null, screen: null };
  return { step: name, outcome, expected, ms: 0, ...nothing };
}
