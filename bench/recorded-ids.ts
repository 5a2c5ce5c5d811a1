import type { NewEvent } from '../src/events/event.ts';

/** The ids that the store gave to the events of a decided history, for the events that name an earlier one. */
export class RecordedIds {
  readonly #ids = new Map<string, string>();

  /** The event without the id that it was decided with, naming earlier events as the store does. */
  toAppend({ event_id: _, ...event }: NewEvent): NewEvent {
    const { sent_event_id: sent, ...data } = event.data as { sent_event_id?: string };
    return sent === undefined
      ? event
      : { ...event, data: { ...data, sent_event_id: this.#ids.get(sent) ?? sent } };
  }

  record({ event_id }: NewEvent, stored: string | undefined): void {
    if (event_id !== undefined && stored !== undefined) this.#ids.set(event_id, stored);
  }
}
