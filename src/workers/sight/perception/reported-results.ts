import type { Observation } from '../../../machines/worker/commands.ts';
import type { Classification } from '../../../terminal/detection/classify.ts';
import type { Past } from '../../core/sessions/past.ts';
import { completed } from '../screen-meaning.ts';
import type { SeenResult } from '../seen.ts';

/** Which result was reported last, and whether the current turn has one: what follows it belongs to the same turn. */
export class ReportedResults {
  #last: SeenResult | null = null;
  #ofTurn: { name: string; isProven: boolean } | null = null;

  /** Continues with what an earlier watcher has reported. */
  resume({ result, finished }: Pick<Past, 'result' | 'finished'>): void {
    this.#last = result === null ? null : { name: result, count: Number.POSITIVE_INFINITY };
    this.#ofTurn = finished && result !== null ? { name: result, isProven: true } : null;
  }

  /** Whether no result was seen yet. */
  get isEmpty(): boolean {
    return this.#last === null;
  }

  /** The name of the current turn's result; null while it has none. */
  get ofTurn(): string | null {
    return this.#ofTurn?.name ?? null;
  }

  /** Whether this result is new; it is the turn's from then on. */
  isNew(result: SeenResult): boolean {
    const last = this.#last;
    this.#last = result;
    const names = [result.name, result.formerName];
    const isNew = last === null || !names.includes(last.name) || last.count < result.count;
    if (isNew) this.#ofTurn = { name: result.name, isProven: result.isProven ?? true };
    return isNew;
  }

  /** Another turn has begun. */
  forget(): void {
    this.#ofTurn = null;
  }

  /** The observation that the turn is completed; null while it has no result. */
  completed(classification: Classification): Observation | null {
    return this.#ofTurn && completed(this.#ofTurn.name, classification, this.#ofTurn.isProven);
  }
}
