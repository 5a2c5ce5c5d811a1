import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { REHEARSED_STEPS, type Rehearsal } from '../../agents/contract/rehearsal.ts';
import { runnableAgent } from '../../agents/registry.ts';
import { writeHome } from '../../agents/rehearsed-home.ts';
import { updatesFolder } from '../../agents/rules/updated-rules.ts';
import { type Env, paths } from '../../config/paths.ts';
import { errorMessage } from '../../lib/errors.ts';
import { monotonic } from '../../lib/time/monotonic.ts';
import { GENERAL } from '../../terminal/detection/rules/load.ts';
import { keepScreen, writeScreen } from '../../terminal/detection/scoring/labelled-screens.ts';
import { redact } from '../../workspace/redaction/redaction.ts';
import { openApp } from '../core/context.ts';
import { furnish, type Ground, groundEnvironment, newGround } from './ground.ts';
import { guard } from './guard.ts';
import { startModel } from './model.ts';
import { RehearsalOfAgent, type Rehearsed, type Tried } from './rehearse.ts';
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
  await furnish(ground);
  const model = await startModel();
  try {
    writeHome(ground.user, agent.rehearsal, { model: model.url, folder: ground.repo, trusted: true });
    configure(ground, agent, given.detectors);
    const env = groundEnvironment(ground, given.env, agent.rehearsal.env(model.url));
    const app = await openApp(env, 'cli');
    try {
      await rehearsed({ app, model, repo: ground.repo }, agent, given, steps);
    } finally {
      app.ledger.close();
    }
  } finally {
    await model.close();
  }
}

async function rehearsed(
  place: Pick<Rehearsed, 'app' | 'model' | 'repo'>,
  agent: Checkable,
  given: Checking,
  steps: CheckedStep[],
): Promise<void> {
  const { provider, rehearsal } = agent;
  const { timeoutMs, signal, onStep } = given;
  const { retriesSilently = false } = await runnableAgent(place.app.config, provider);
  const lacks = rehearsal.lacks ?? [];
  const run = new RehearsalOfAgent({ ...place, provider, lacks, retriesSilently, timeoutMs, signal });
  try {
    for await (const tried of run.steps()) {
      const checked = checkedStep(tried, agent, given);
      steps.push(checked);
      onStep(provider, checked);
    }
  } finally {
    await run.end();
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

function checkedStep(
  tried: Tried,
  { provider, version }: Checkable,
  { screens, missed }: Checking,
): CheckedStep {
  const { step, recognised, why, reading, fresh, state, rows, capture, ms } = tried;
  const label = reading?.classification.label ?? null;
  const file = `${provider}-${step.name}.ansi.txt`;
  const drawn = capture === null ? null : redact(capture.text);
  const path = drawn === null ? null : keep(drawn);
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
    screen: recognised && path === null ? null : { path, rows: lowerRows(rows) },
  };

  function keep(text: string): string | null {
    if (screens === null) return recognised ? null : writeScreen(missed, file, text);
    // A client that asks again and again is at work.
    const truly = recognised && label !== null ? label : step.label;
    const title = redact(capture?.title ?? '');
    const screen = { file, provider, label: truly, ansi: true, title, version, note: step.name };
    return keepScreen(screens, screen, text);
  }
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
