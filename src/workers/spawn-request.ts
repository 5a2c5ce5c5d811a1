import type { EventData } from '../events/catalogue.ts';
import { workerStream } from '../machines/worker.ts';
import type { House } from './house.ts';

/** What was asked for when the worker was spawned; undefined where the log does not have it. */
export function spawnRequest(house: House, id: string): EventData<'worker.spawn_requested'> | undefined {
  for (const event of house.ledger.events({ stream: workerStream(id), types: ['worker.spawn_requested'] })) {
    if (event.type === 'worker.spawn_requested') return event.data;
  }
  return undefined;
}
