import { AgentPoolError } from '../../lib/errors.ts';
import { shell } from '../../lib/text/shell.ts';
import { whenIn } from '../../lib/time/when.ts';

export interface QueueTimes {
  notBefore: Date | null;
  /** Then the request is dropped. */
  expiresAt: Date | null;
}

export interface TimeWords {
  provider: string;
  notBefore: string | null;
  deadline: string | null;
}

/** The times of a request in words: `18:00`, `2026-03-04T18:00`, `+2h`. @throws INVALID_REQUEST */
export function queueTimes({ provider, notBefore, deadline }: TimeWords, now: Date): QueueTimes {
  const time = (name: string, words: string | null): Date | null => {
    const when = words === null ? null : whenIn(words, now);
    if (when || words === null) return when;
    const message = `${name} ${JSON.stringify(words)} is no time. Write 18:00, 2026-03-04T18:00 or +2h.`;
    throw new AgentPoolError('INVALID_REQUEST', message, {
      example: shell`agentpool spawn --queue --provider ${provider} --not-before 18:00 --deadline +12h --task "Look for the parser"`,
    });
  };
  return { notBefore: time('The start', notBefore), expiresAt: time('The deadline', deadline) };
}
