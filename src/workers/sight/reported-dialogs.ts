import type { Classification } from '../../terminal/detection/classify.ts';
import type { Past } from '../core/past.ts';
import { lastRows } from './screen-meaning.ts';

/** How long an agent may take to read an answer and to take its dialog away. */
const ANSWER_MS = 2000;

/** A dialog as it stands: its judgement, and the line of its evidence, null on a redrawn screen. */
interface TableStatus {
  classification: Classification;
  line: number | null;
}

/** Which dialog was told and which one answered: neither is told again while it still stands. */
export class ReportedDialogs {
  #reported: string | null = null;
  #answered: string | null = null;
  #answeredAt = Number.NEGATIVE_INFINITY;
  /** A dialog that was told before this process came, until the first screen shows whether it still stands. */
  #past: { dialog: string; answered: boolean } | null = null;

  /** Goes on with what another watcher has told. */
  resume(asked: Past['asked']): void {
    this.#past = asked && { dialog: recordOf(asked), answered: asked.answered };
  }

  /** A message went to the worker: whatever stands is answered. */
  answer(now: number): void {
    if (this.#reported !== null) this.#answeredAt = now;
    this.#answered = this.#reported;
    this.#reported = null;
    if (this.#past) this.#past.answered = true;
  }

  /** The dialog is gone from the screen: the same words are a new question. */
  forget(): void {
    this.#reported = null;
    this.#answered = null;
    this.#past = null;
  }

  /** Whether a dialog that stands now may be what is left of the one that was just answered. */
  isJustAnswered(now: number): boolean {
    return now < this.#answeredAt + ANSWER_MS;
  }

  /** Whether this dialog is to be told; it counts as told from then on. */
  isNew({ classification, line }: TableStatus): boolean {
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

type Recorded = Pick<NonNullable<Past['asked']>, 'rule' | 'evidence' | 'question'>;

const asRecorded = ({ rule, evidence, question }: Classification): Recorded => ({
  rule: rule ?? 'none',
  evidence,
  question: question ?? null,
});

/** A dialog by what is recorded of it, so that another process knows it again. */
const recordOf = ({ rule, evidence, question }: Recorded): string =>
  JSON.stringify([rule, lastRows(evidence), question]);
