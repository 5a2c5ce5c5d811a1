import { workerData } from 'node:worker_threads';
import { openSqlite } from '../store/connection.ts';
import { scan } from './scan.ts';
import type { ThreadData } from './scan-beside.ts';

// Runs in a thread of its own, which ends with it. The build makes a bundle of it.

const { file, part, progress, answer } = workerData as ThreadData;
try {
  const connection = openSqlite(file, { readonly: true, timeout: 5000 });
  answer.postMessage(scan(connection, part, (position) => Atomics.store(progress, 1, position)));
  connection.close();
} finally {
  Atomics.store(progress, 0, 1);
  Atomics.notify(progress, 0);
}
