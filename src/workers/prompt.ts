import type { Isolation } from '../events/catalogue/words.ts';
import { resultInstructions } from '../terminal/result-marker.ts';
import { typeable } from '../terminal/submit.ts';

/** The text that a worker is given: the task first, as its user wrote it, then how it may work and how to report. */
export function workerPrompt(wish: {
  task: string;
  isolation: Isolation;
  allowedFiles: readonly string[];
}): string {
  const { task, isolation, allowedFiles } = wish;
  const rules = [
    ...(isolation === 'read_only' ? ['Only read: change no file.'] : []),
    ...(allowedFiles.length > 0 ? [`Change only these files: ${allowedFiles.join(', ')}.`] : []),
    resultInstructions(),
  ];
  return `${typeable(task).trim()}\n\n${rules.join(' ')}`;
}
