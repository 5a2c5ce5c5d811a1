import { randomBytes } from 'node:crypto';
import { taskInPrompt } from '../../agents/contract/input-words.ts';
import type { Isolation } from '../../events/catalogue/words.ts';
import { typeable } from '../../terminal/input/submit.ts';
import { resultInstructions } from '../../terminal/transcript/result-marker.ts';

/** The prompt of a worker: the task first, as its user wrote it and as words for its agent, then how it may work and how to report. */
export function workerPrompt(request: {
  task: string;
  isolation: Isolation;
  allowedFiles: readonly string[];
  /** The word of its result markers; null for a worker that was started before there were words. */
  resultWord?: string | null;
}): string {
  const { task, isolation, allowedFiles, resultWord = null } = request;
  const rules = [
    ...(isolation === 'read_only' ? ['Only read: change no file.'] : []),
    ...(allowedFiles.length > 0 ? [`Change only these files: ${typeable(allowedFiles.join(', '))}.`] : []),
    resultInstructions(resultWord),
  ];
  return `${taskInPrompt(typeable(task).trim())}\n\n${rules.join(' ')}`;
}

/** Consonants only, so that no word of a language comes out and redaction sees no key. */
const LETTERS = 'BCDFGHJKLMNPQRSTVWZ';

/** The word of a new session: what a file holds that a worker prints cannot have it. */
export const newResultWord = (): string =>
  Array.from(randomBytes(8), (byte) => LETTERS[byte % LETTERS.length]).join('');
