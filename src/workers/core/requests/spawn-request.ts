import type { EventData } from '../../../events/catalogue/index.ts';
import { workerStream } from '../../../machines/worker/state.ts';
import type { AppContext } from '../context.ts';

/** The request that a worker was spawned with, the last one if it had to wait again; undefined if the log has none. */
export function spawnRequest(app: AppContext, id: string): EventData<'worker.spawn_requested'> | undefined {
  let last: EventData<'worker.spawn_requested'> | undefined;
  for (const event of app.ledger.events({ stream: workerStream(id), types: ['worker.spawn_requested'] })) {
    if (event.type === 'worker.spawn_requested') last = event.data;
  }
  return last;
}
