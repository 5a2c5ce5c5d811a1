import { parentPort, workerData } from 'node:worker_threads';
import { openSqlite } from '../../events/store/connection.ts';
import { EventStore } from '../../events/store/store.ts';
import { errorMessage } from '../../lib/errors.ts';
import { monotonic } from '../../lib/time/monotonic.ts';
import { repositoryId } from '../../workspace/git/identity.ts';
import { Link } from './link.ts';
import type { LinkReport, LinkThreadData } from './link-beside.ts';

// Runs in a thread of the watcher, so that a log of a hundred thousand events delays no look at a worker. The build
// makes a bundle of it.

const { ledger, ...data } = workerData as LinkThreadData;
const end = new AbortController();
const report = (message: LinkReport) => parentPort?.postMessage(message);
parentPort?.once('message', () => end.abort());

const connection = openSqlite(ledger, { readonly: true, timeout: 5000 });
const link = new Link({
  ...data,
  store: new EventStore(ledger, connection),
  now: () => new Date(),
  monotonic,
  repositoryOf: repositoryId,
  onLeases: (reports) => report({ kind: 'leases', reports }),
  onFault: (what, error) => report({ kind: 'fault', what, message: errorMessage(error) }),
  onAsked: (machineIds) => report({ kind: 'asked', machineIds }),
  onState: (state) => report({ kind: 'state', state }),
});
void link.run(end.signal).finally(() => {
  connection.close();
  parentPort?.close();
});
