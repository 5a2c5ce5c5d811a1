import type { LedgerEvent } from '../../../events/catalogue/index.ts';
import type { AwaitedLimit } from '../../../events/catalogue/worker-shapes.ts';

/**
 * The limit that the present process of a worker was started to wait for, after this event; null once it waits, or has
 * got something to do. What its agent shows while it starts is no work. Pure.
 */
export function awaitedAfter(awaited: AwaitedLimit | null, event: LedgerEvent): AwaitedLimit | null {
  switch (event.type) {
    case 'worker.resume_requested':
      return event.data.waits_for ?? null;
    case 'worker.parked':
    case 'worker.message_sent':
    case 'worker.prompt_delivered':
    case 'worker.lost':
    case 'worker.exited':
    case 'worker.terminated':
    case 'worker.resume_failed':
      return null;
    case 'worker.transitioned':
      return event.data.state === 'COMPLETED' ? null : awaited;
    default:
      return awaited;
  }
}
