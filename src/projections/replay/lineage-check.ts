import type { FoldedEvent, FoldedOf } from '../../events/catalogue/index.ts';
import { sessionId } from '../sessions/changes.ts';
import type { Divergence } from './check-schema.ts';
import { disagreement } from './replay.ts';

/** The events that say who took over from whom. */
export const LINEAGE = ['worker.spawn_requested', 'worker.handed_over', 'worker.took_over'];

type Given = FoldedOf<'worker.handed_over'>;
type Taken = FoldedOf<'worker.took_over'>;

/** What some workers say of their handovers. */
export interface Handovers {
  given: [successor: string, event: Given][];
  taken: [session: string, event: Taken][];
  predecessors: [session: string, predecessor: string | undefined][];
}

/** Whether the two workers of every handover say the same of it. Feed it the events of both, in order. */
export class LineageCheck {
  /** By the session of the successor. */
  readonly #given = new Map<string, Given>();
  readonly #taken = new Map<string, Taken>();
  readonly #predecessors = new Map<string, string | undefined>();

  next(event: FoldedEvent): void {
    if (event.type === 'worker.spawn_requested')
      this.#predecessors.set(sessionId(event), event.data.predecessor);
    if (event.type === 'worker.handed_over') this.#given.set(event.data.successor, event);
    if (event.type === 'worker.took_over') this.#taken.set(sessionId(event), event);
  }

  handovers(): Handovers {
    return { given: [...this.#given], taken: [...this.#taken], predecessors: [...this.#predecessors] };
  }

  /** Adds what other workers say. */
  add({ given, taken, predecessors }: Handovers): void {
    for (const [successor, event] of given) this.#given.set(successor, event);
    for (const [session, event] of taken) this.#taken.set(session, event);
    for (const [session, predecessor] of predecessors) this.#predecessors.set(session, predecessor);
  }

  /** With `whole`, every session of a chain must be among the events; else only those that are there are compared. */
  divergences({ whole }: { whole: boolean }): Divergence[] {
    const isComparable = (id: string) => whole || this.#predecessors.has(id);
    const given = [...this.#given].flatMap(([successor, event]) => {
      const from = sessionId(event);
      const by = this.#taken.get(successor)?.data.predecessor ?? null;
      if (!isComparable(successor) || by === from) return [];
      const message = `${from} was handed over to ${successor}, which did not take it over`;
      return [disagreement('log', message, from, by, event)];
    });
    const taken = [...this.#taken].flatMap(([successor, event]) => {
      const from = event.data.predecessor;
      const named = this.#predecessors.get(successor) ?? null;
      const by = this.#given.get(successor);
      if (named !== from) {
        const message = `${successor} took over from ${from}, which its request does not say`;
        return [disagreement('log', message, from, named, event)];
      }
      if (!isComparable(from) || (by !== undefined && sessionId(by) === from)) return [];
      const message = `${successor} took over from ${from}, which was not handed over to it`;
      return [disagreement('log', message, successor, by ? sessionId(by) : null, event)];
    });
    return [...given, ...taken];
  }
}
