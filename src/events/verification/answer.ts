import { workerData } from 'node:worker_threads';
import type { ThreadData } from './beside.ts';

/** Answers the question of a thread, in the thread that was started for it. `onProgress` says that it goes on. */
export function answer<Question>(
  work: (question: Question, onProgress: (done: number) => void) => unknown,
): void {
  const { question, progress, answer } = workerData as ThreadData<Question>;
  try {
    answer.postMessage(work(question, (done) => Atomics.store(progress, 1, done)));
  } finally {
    Atomics.store(progress, 0, 1);
    Atomics.notify(progress, 0);
  }
}
