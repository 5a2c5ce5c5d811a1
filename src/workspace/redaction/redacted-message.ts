import { errorMessage } from '../../lib/errors.ts';
import { redact } from './redaction.ts';

/** What an error says, without secrets. */
export const redactedMessage = (error: unknown): string => redact(errorMessage(error));
