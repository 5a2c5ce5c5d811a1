import type { Classification } from '../../../terminal/detection/classify.ts';
import type { Past } from '../../core/sessions/past.ts';
import { lastRows } from '../screen-meaning.ts';

/** How long an agent may take to read an answer and remove its dialog. */
const ANSWER_MS = 2000;

/** A dialog on the screen: its classification, and the line of its evidence, null on a redrawn screen. */
interface ShownDialog {
  classification: Classification;
  line: number | null;
}

/** Which dialog was reported and which one answered: neither is reported again while it is still shown. */
export class ReportedDialogs {
  #reported: string | null = null;
  #answered: string | null = null;
  #answeredAt = Number.NEGATIVE_INFINITY;
  /** A dialog that an earlier process reported, until the first screen shows whether it is still there. */
  #past: { dialog: string; answered: boolean } | null = null;

  /** Continues with what an earlier watcher has reported. */
  resume(asked: Past['dialog']): void {
    this.#past = asked && { dialog: recordOf(asked), answered: asked.answered };
  }

  /** A message went to the worker: the dialog on the screen is answered. */
  answer(now: number): void {
    if (this.#reported !== null) this.#answeredAt = now;
    this.#answered = this.#reported;
    this.#reported = null;
    if (this.#past) this.#past.answered = true;
  }

  /** The dialog is gone from the screen: the same text is a new question. */
  forget(): void {
    this.#reported = null;
    this.#answered = null;
    this.#past = null;
  }

  /** No dialog was on the screen for longer than redrawing one takes: the next is not the one that was just answered. */
  wereGone(): void {
    this.#answeredAt = Number.NEGATIVE_INFINITY;
  }

  /** Whether a dialog on the screen may still be the one that was just answered. */
  isJustAnswered(now: number): boolean {
    return now < this.#answeredAt + ANSWER_MS;
  }

  /** Whether this dialog is to be reported; it counts as reported from then on. */
  isNew({ classification, line }: ShownDialog): boolean {
    const record = recordOf(asRecorded(classification));
    const identity = JSON.stringify([record, line]);
    if (this.#past?.dialog === record) {
      if (this.#past.answered) this.#answered = identity;
      else this.#reported = identity;
    }
    this.#past = null;
    if (identity === this.#reported || identity === this.#answered) return false;
    this.#reported = identity;
    this.#answered = null;
    return true;
  }
}

type Recorded = Pick<NonNullable<Past['dialog']>, 'rule' | 'evidence' | 'question'>;

const asRecorded = ({ rule, evidence, question }: Classification): Recorded => ({
  rule: rule ?? 'none',
  evidence,
  question: question ?? null,
});

/** Identifies a dialog by what is recorded of it, so that another process recognizes it. */
const recordOf = ({ rule, evidence, question }: Recorded): string =>
  JSON.stringify([rule, lastRows(evidence).map((row) => row.replace(BLINKS, '')), question]);

/** A sign that blinks in the title while a dialog waits: Codex 0.171 changes it every second. */
const BLINKS = /^\[ [!.] \] /;
