import type { Isolation } from '../../events/catalogue/words.ts';
import { typeable } from '../../terminal/input/submit.ts';
import { resultInstructions } from '../../terminal/transcript/result-marker.ts';

/** The prompt of a worker: the task first, as the user wrote it, then how it may work and how to report. */
export function workerPrompt(request: {
  task: string;
  isolation: Isolation;
  allowedFiles: readonly string[];
}): string {
  const { task, isolation, allowedFiles } = request;
  const rules = [
    ...(isolation === 'read_only' ? ['Only read: change no file.'] : []),
    ...(allowedFiles.length > 0 ? [`Change only these files: ${allowedFiles.join(', ')}.`] : []),
    resultInstructions(),
  ];
  return `${typeable(task).trim()}\n\n${rules.join(' ')}`;
}
