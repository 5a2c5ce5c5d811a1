import type { RunnableAgent } from '../../../agents/contract/launch.ts';
import type { SignalKind } from '../../../agents/contract/signal-kinds.ts';
import { ageOf } from '../../../lib/process/process-table.ts';
import { monotonic } from '../../../lib/time/monotonic.ts';
import type { WorkerCommand } from '../../../machines/worker/commands.ts';
import type { Worker } from '../../../machines/worker/state.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { TASK_HELD } from '../../../projections/undelivered.ts';
import type { Classification } from '../../../terminal/detection/classify.ts';
import type { RuleSet } from '../../../terminal/detection/rules/rule-set.ts';
import { readRows } from '../../../terminal/detection/screen/rows.ts';
import { inputView, unknownDialog } from '../../../terminal/input/input-view.ts';
import { processesOn, terminalInput } from '../../../terminal/input/tty-input.ts';
import { Typing } from '../../../terminal/input/typing.ts';
import type { Screen } from '../../../terminal/screen/screen.ts';
import { redact } from '../../../workspace/redaction/redaction.ts';
import type { AppContext } from '../../core/context.ts';
import { alone } from '../../core/worker-lock.ts';
import { type InputUse, SLOWEST_START_MS, type TaskStep, taskStep } from '../../sight/task-step.ts';
import { isTypedLater, typeTask } from './first-task.ts';

export interface DeliveryOf {
  app: AppContext;
  session: SessionRow;
  agent(): RunnableAgent;
  rules(): RuleSet;
  worker(): Worker;
  /** Everything that was sent to the worker, including its task. */
  sent(): string;
  recentLines(): readonly string[];
  record(command: WorkerCommand): void;
  /** Right before the task is typed. */
  onTyping(): void;
  onFault(error: unknown): void;
  /** Reads the screen again after so many milliseconds. */
  lookAgain(inMs: number): void;
}

/** What the screen of a worker shows while its task waits. */
export interface WaitingScreen {
  screen: Screen;
  classification: Classification;
  /** The agent's rules see its prompt. */
  isAtPrompt: boolean;
}

/** How often a task is typed that an agent drops. */
const MOST_ATTEMPTS = 3;
const AGAIN_MS = 1000;

/** Gives a worker its task, where that was no argument of its start: at its prompt, or as soon as it reads its terminal. */
export class TaskDelivery {
  readonly #of: DeliveryOf;
  readonly #isTyped: boolean;
  readonly #begun = monotonic();
  #content = '';
  #changedAt = this.#begun;
  /** What is being asked or typed; null for nothing. */
  #work: Promise<void> | null = null;
  #isClosed = false;
  #held = '';
  /** Whether the newest signal of the agent is that it waits. */
  #saysIdle = false;
  /** How often the task was typed, dropped by an agent that still started, and taken back. */
  #takenBack = 0;

  constructor(of: DeliveryOf) {
    this.#of = of;
    this.#isTyped = isTypedLater(of.session);
  }

  /** Takes the next screen; types the task when it is time. */
  consider(now: WaitingScreen): void {
    if (!this.#isTyped || this.#work || this.#isClosed || this.#of.worker().promptDelivered) return;
    this.#track(now.screen);
    if (now.isAtPrompt) this.#do(() => this.#type({ isKnown: true }));
    else if (this.#takenBack > 0) this.#awaitPrompt(now);
    else this.#follow(now, taskStep(this.#moment(now), null));
  }

  /** The agent itself has signalled something: a dialog, too, that it shows at its start. */
  hear(kind: SignalKind): void {
    if (kind !== 'attention') this.#saysIdle = kind === 'turn_ended';
  }

  /** Begins nothing any more, and resolves once what is being typed is typed and recorded. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#work;
  }

  #track({ rows, cursor }: Screen): void {
    const content = `${cursor.row} ${cursor.col}\n${rows.map(({ text }) => text).join('\n')}`;
    if (content === this.#content) return;
    this.#content = content;
    this.#changedAt = monotonic();
  }

  #moment({ screen, classification }: WaitingScreen): Parameters<typeof taskStep>[0] {
    const { session, rules, agent } = this.#of;
    const sincePane = session.pane_started === null ? null : ageOf({ started: session.pane_started });
    return {
      classification,
      hasRules: rules().fallback !== undefined,
      isReading: this.#saysIdle || agent().readsOnceDrawn === true,
      dialog: unknownDialog(readRows(screen)),
      isBlank: screen.rows.every(({ text }) => text === ''),
      hasBox: inputView(rules()).boxOf(screen.rows.map(({ text }) => text)) !== null,
      quietMs: monotonic() - this.#changedAt,
      ageMs: sincePane ?? monotonic() - this.#begun,
    };
  }

  /** An agent that dropped its task reads what is typed once it has started, and shows its prompt then. */
  #awaitPrompt(now: WaitingScreen): void {
    if (this.#moment(now).ageMs < SLOWEST_START_MS) this.#of.lookAgain(AGAIN_MS);
    else this.#hold('the agent dropped it and has shown no prompt since', now.classification);
  }

  #follow(now: WaitingScreen, step: TaskStep): void {
    const isKnown = now.classification.label === 'idle';
    switch (step.kind) {
      case 'later':
        this.#of.lookAgain(step.inMs);
        return;
      case 'hold':
        this.#hold(step.reason, now.classification);
        return;
      case 'ask':
        this.#do(async () => {
          const asked = taskStep(this.#moment(now), await this.#inputUse());
          if (asked.kind === 'type') await this.#type({ isKnown });
          else this.#follow(now, asked);
        });
        return;
      case 'type':
        this.#do(() => this.#type({ isKnown }));
    }
  }

  async #inputUse(): Promise<InputUse> {
    const { app, session } = this.#of;
    const { path, byLines, cursorVisible } = await terminalInput(app.tmux.of(session.id), session.tmux_pane);
    const waits = byLines ? (processesOn(path)?.map((process) => process.waits) ?? [null]) : [];
    const isRead = waits.includes(true) || (waits.includes(null) ? null : false);
    return { byLines, cursorVisible, isRead };
  }

  /** One at a time, and with the faults of all of them reported. */
  #do(work: () => Promise<void>): void {
    this.#work = this.#doing(work).catch((error) => this.#of.onFault(error));
  }

  async #doing(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } finally {
      this.#work = null;
      // What it answered in the meantime was observed in a worker without a task.
      if (!this.#isClosed && this.#of.worker().promptDelivered) this.#of.lookAgain(0);
    }
  }

  /** Records why the task waits: once for each reason. */
  #hold(reason: string, classification: Classification): void {
    if (reason === this.#held) return;
    this.#held = reason;
    const warning = redact(`the task has not been typed: ${reason}; see it with explain or attach`);
    this.#of.record({
      kind: 'observe',
      event: 'none',
      source: 'screen',
      rule: TASK_HELD,
      evidence: classification.evidence.slice(-5).map(redact),
      confidence: 'unknown',
      warnings: [warning],
    });
  }

  async #type({ isKnown }: { isKnown: boolean }): Promise<void> {
    const { app, session, agent, rules, worker, sent, recentLines, record, onTyping } = this.#of;
    onTyping();
    const tmux = app.tmux.of(session.id);
    const typing = new Typing(tmux, session.tmux_pane, session.id);
    await alone(app, session.id, async () => {
      // Another watcher may have taken over and typed it while this one waited, or was suspended.
      app.guard?.();
      if (this.#isClosed || worker().promptDelivered) return;
      const view = inputView(rules());
      const { delivery, chars, reason, takenBack } = await typeTask({
        tmux,
        session,
        submit: agent().submit,
        view: isKnown ? view : { ...view, isUnknown: () => false },
        sent: sent(),
        recentLines: recentLines(),
        typing,
      });
      if (takenBack && rules().fallback !== undefined && ++this.#takenBack < MOST_ATTEMPTS)
        this.#of.lookAgain(AGAIN_MS);
      else {
        const mode = session.initial_prompt_mode;
        record({
          kind: 'record_prompt',
          mode,
          delivery,
          chars,
          reason: reason === null ? null : redact(reason),
        });
      }
      await typing.forget();
    });
  }
}
