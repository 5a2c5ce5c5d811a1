import { randomBytes } from 'node:crypto';
import { taskInPrompt } from '../../../agents/contract/input-words.ts';
import type { Isolation } from '../../../events/catalogue/words.ts';
import { typeable } from '../../../terminal/input/submit.ts';
import { resultInstructions } from '../../../terminal/transcript/result-marker.ts';

/**
 * The prompt of a worker: the task first, as its user wrote it and as words for its agent, then what another worker left,
 * then how it may work and how to report.
 */
export function workerPrompt(request: {
  task: string;
  isolation: Isolation;
  allowedFiles: readonly string[];
  /** The word of its result markers; null for a worker that was started before there were words. */
  resultWord?: string | null;
  /** The brief of the work that it takes over. */
  brief?: string | null;
}): string {
  const { task, isolation, allowedFiles, resultWord = null, brief = null } = request;
  const rules = [
    ...(isolation === 'read_only' ? ['Only read: change no file.'] : []),
    ...(allowedFiles.length > 0 ? [`Change only these files: ${typeable(allowedFiles.join(', '))}.`] : []),
    resultInstructions(resultWord),
  ];
  const parts = [taskInPrompt(typeable(task).trim()), ...(brief === null ? [] : [typeable(brief).trim()])];
  return `${parts.join('\n\n')}\n\n${rules.join(' ')}`;
}

/** Consonants only, so that no word of a language comes out and redaction sees no key. */
const LETTERS = 'BCDFGHJKLMNPQRSTVWZ';

/** A word of eight letters that follows from these bytes. */
export const wordFrom = (bytes: Uint8Array): string =>
  Array.from(bytes.subarray(0, 8), (byte) => LETTERS[byte % LETTERS.length]).join('');

/** The word of a new session: what a file holds that a worker prints cannot have it. */
export const newResultWord = (): string => wordFrom(randomBytes(8));
