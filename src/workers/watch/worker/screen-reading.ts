import type { RunnableAgent } from '../../../agents/contract/launch.ts';
import { screenRules } from '../../../agents/screen-rules.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import type { Classification } from '../../../terminal/detection/classify.ts';
import type { RuleSet } from '../../../terminal/detection/rules/rule-set.ts';
import { Motion } from '../../../terminal/motion/motion.ts';
import type { Screen } from '../../../terminal/screen/screen.ts';
import type { PaneWatch } from '../../../terminal/tmux/pane/pane-watch.ts';
import type { WatchContext } from '../../core/record.ts';
import type { SentTexts } from '../../core/words/sent-texts.ts';
import type { WorkerScreen } from '../../sight/seen.ts';
import { SessionResult } from '../../sight/session-result.ts';
import { type SnapshotOf, snapshotOf } from './snapshot.ts';

export interface ReadingOf {
  app: WatchContext;
  session: SessionRow;
  sent: SentTexts;
  agent(): RunnableAgent;
  pane(): PaneWatch;
  onFault(error: unknown): void;
}

/** Reads the screens of one worker, by the rules of its agent and the user's own. */
export class PaneReader {
  readonly #of: ReadingOf;
  readonly #motion = new Motion();
  readonly #result: SessionResult;
  #rules: RuleSet;

  constructor(of: ReadingOf) {
    this.#of = of;
    this.#result = new SessionResult(of.app, of.session);
    this.#rules = this.#validRules() ?? this.#shippedRules();
  }

  get rules(): RuleSet {
    return this.#rules;
  }

  /** The next screen, and what has moved on it since the last one. `raw` is not redacted. */
  take(screen: Screen, now: number): { raw: Classification; snapshot: WorkerScreen } {
    const pane = this.#of.pane();
    // While another process reads the pane, or it is captured again, this screen is an old one.
    if (!pane.isFollowing) this.#motion.interrupt();
    return snapshotOf(screen, { ...this.#view(pane), motion: { of: this.#motion, now } });
  }

  /** What the screen shows now, without taking it. */
  look(): Classification {
    const pane = this.#of.pane();
    return snapshotOf(pane.screen(), this.#view(pane)).raw;
  }

  /** The worker has come to rest: what moves from now on is another turn. */
  rest(): void {
    this.#motion.rest();
  }

  /** Applies the current rules. */
  reload(): void {
    this.#rules = this.#validRules() ?? this.#rules;
  }

  /** Reads without the user's own rules until they are applied again. */
  dropOwnRules(): void {
    this.#rules = this.#shippedRules();
  }

  /** The rules including the user's own; null if those have an error. */
  #validRules(): RuleSet | null {
    try {
      return screenRules(this.#of.agent().id, this.#of.app.paths.detectors);
    } catch (error) {
      this.#of.onFault(error);
      return null;
    }
  }

  #shippedRules(): RuleSet {
    return screenRules(this.#of.agent().id, null);
  }

  #view(pane: PaneWatch): SnapshotOf {
    const { sent, agent } = this.#of;
    return { pane, rules: this.#rules, sent, said: (markers) => this.#result.read(agent(), markers) };
  }
}
