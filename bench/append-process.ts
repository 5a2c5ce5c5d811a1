import { answering } from '../src/lib/testing/answering.ts';
import { type Appending, type AppendTask, appenderOf, eventsOf } from './append-task.ts';

export interface AppendResult {
  /** Milliseconds of each append. */
  times: number[];
  /** Milliseconds since the epoch. */
  began: number;
  ended: number;
  /** Milliseconds of processor time, which other load on the machine does not change. */
  processor: number;
}

const never = new Int32Array(new SharedArrayBuffer(4));

/** Waits a random time, so that `pace` appends a second are made on average: processes in step would meet each time. */
function pauseOf({ pace }: AppendTask): () => void {
  if (pace === undefined) return () => {};
  return () => void Atomics.wait(never, 0, 0, (2000 * Math.random()) / pace);
}

let task: AppendTask | undefined;
let ready: { events: Appending[] } & ReturnType<typeof appenderOf>;

/** The first question prepares the process; the second one, sent to all at the same moment, appends. */
answering((message: AppendTask | 'go'): AppendResult | 'ready' => {
  if (message !== 'go') {
    task = message;
    ready = { events: eventsOf(message), ...appenderOf(message) };
    return 'ready';
  }
  if (!task) throw new Error('not prepared');
  const pause = pauseOf(task);
  const times: number[] = [];
  const began = Date.now();
  const used = process.cpuUsage();
  for (const event of ready.events) {
    pause();
    const before = process.hrtime.bigint();
    ready.append(event);
    times.push(Number(process.hrtime.bigint() - before) / 1e6);
  }
  const { user, system } = process.cpuUsage(used);
  const ended = Date.now();
  ready.close();
  return { times, began, ended, processor: (user + system) / 1000 };
});
