import type { NewEvent } from '../src/events/event.ts';

/** The ids that the store gave to the events of a decided history, for the events that name an earlier one. */
export class RecordedIds {
  readonly #ids = new Map<string, string>();

  /** The event without the id that it was decided with, naming earlier events as the store does. */
  toAppend({ type, data }: NewEvent): NewEvent {
    const sent = (data as { sent_event_id?: string }).sent_event_id;
    if (sent === undefined) return { type, data };
    return { type, data: { ...(data as object), sent_event_id: this.#ids.get(sent) ?? sent } };
  }

  record({ event_id }: NewEvent, stored: string | undefined): void {
    if (event_id !== undefined && stored !== undefined) this.#ids.set(event_id, stored);
  }
}
