import type { EventData, EventType, LedgerEvent } from '../../events/catalogue/index.ts';

let position = 0;

/** An event as the ledger would return it, with the parts of its data that a test sets. */
export function workerEvent<T extends EventType>(type: T, data: Partial<EventData<T>>): LedgerEvent {
  position += 1;
  const at = '2026-01-01T00:00:00.000Z';
  const whole = {
    evidence: [],
    warnings: [],
    question: null,
    readiness: null,
    confidence: 'observed',
    rule: 'r',
  };
  return {
    type,
    position,
    occurred_at: at,
    recorded_at: at,
    stream_id: 'worker/ap_test',
    data: { ...whole, ...data },
  } as unknown as LedgerEvent;
}
