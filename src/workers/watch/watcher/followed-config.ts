import type { AgentPoolError } from '../../../lib/errors.ts';
import { FollowedFiles } from '../../../lib/files/followed-files.ts';
import { reloadConfig } from '../../core/context.ts';
import type { WatchContext } from '../../core/record.ts';

/** How often to check for a detectors folder that is created later, and for changes to files that cannot be watched. */
const CONFIG_POLL_MS = 5000;

interface ConfigCallbacks {
  log(line: string): void;
  fault(what: string, error: unknown): void;
  /** Called after each change, also if the new config has an error: then the last valid one stays in force. */
  changed(): void;
}

/** Applies config.yaml and the user's detection rules again whenever they change. */
export class FollowedConfig {
  readonly #app: WatchContext;
  readonly #on: ConfigCallbacks;
  /** Whether the config let the watcher run when this one started: `watcher run` may also be typed by a person. */
  readonly #isEnabled: boolean;
  #isSwitchedOff = false;
  #files: FollowedFiles | null = null;
  #reloading: Promise<void> = Promise.resolve();

  constructor(app: WatchContext, on: ConfigCallbacks) {
    this.#app = app;
    this.#on = on;
    this.#isEnabled = app.config.watcher.enabled;
  }

  /** Whether the watcher was switched off since it started. */
  get isSwitchedOff(): boolean {
    return this.#isSwitchedOff;
  }

  start(): void {
    const { path, paths } = this.#app;
    this.#files = new FollowedFiles(() => this.#apply((problem) => this.#report(problem)), {
      pollMs: CONFIG_POLL_MS,
    });
    this.#files.add(path);
    this.#files.add(paths.detectors);
    // It may have changed after this process read it and before it was followed.
    this.#apply(() => {});
  }

  /** Resolves when what the files contain now is applied. */
  async current(): Promise<void> {
    this.#files?.compare();
    await this.#reloading;
  }

  /** Resolves when the change that is being applied is applied. */
  get applied(): Promise<void> {
    return this.#reloading;
  }

  /** Follows no more changes. */
  async close(): Promise<void> {
    await this.#files?.close();
  }

  #apply(onApplied: (problem: AgentPoolError | null) => void): void {
    const applying = this.#reloading.then(() => this.#reload()).then(onApplied);
    this.#reloading = applying.catch((error) => this.#on.fault('config', error));
  }

  async #reload(): Promise<AgentPoolError | null> {
    const problem = await reloadConfig(this.#app);
    this.#isSwitchedOff = this.#isEnabled && !this.#app.config.watcher.enabled;
    return problem;
  }

  #report(problem: AgentPoolError | null): void {
    if (problem) this.#on.fault('config, the last valid one stays in force', problem);
    else this.#on.log('config and detection rules read again');
    this.#on.changed();
  }
}
