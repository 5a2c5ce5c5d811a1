import { AgentPoolError } from '../../lib/errors.ts';
import { shell } from '../../lib/text/shell.ts';
import { whenIn } from '../../lib/time/when.ts';
import { type SpawnOptions, spawnWorker } from '../../workers/commands/spawn.ts';
import type { AppContext } from '../../workers/core/context.ts';

/** The options that let a request wait for its start. */
export interface QueueWords {
  provider: string;
  queue: boolean;
  notBefore: string | undefined;
  deadline: string | undefined;
}

/** How the request of a command is started: at once, or with --queue as soon as it can be. @throws INVALID_REQUEST */
export async function starterFor(
  { provider, queue, notBefore, deadline }: QueueWords,
  verb: 'spawn' | 'run',
  app: AppContext,
): Promise<(request: SpawnOptions) => Promise<string>> {
  const example = shell`agentpool ${verb} --queue --provider ${provider} --not-before 18:00 --deadline +12h --task "Look for the parser"`;
  if (!queue) {
    const option = notBefore !== undefined ? '--not-before' : deadline !== undefined ? '--deadline' : null;
    if (option === null) return (request) => spawnWorker(app, request);
    const message = `${option} goes with --queue: without it, the worker starts now or not at all.`;
    throw new AgentPoolError('INVALID_REQUEST', message, { example });
  }
  const { now } = app.given();
  const time = (option: string, text: string | undefined): Date | null => {
    const when = text === undefined ? null : whenIn(text, now);
    if (when || text === undefined) return when;
    const message = `${option} ${JSON.stringify(text)} is no time. Write 18:00, 2026-03-04T18:00 or +2h.`;
    throw new AgentPoolError('INVALID_REQUEST', message, { option, example });
  };
  const times = { notBefore: time('--not-before', notBefore), expiresAt: time('--deadline', deadline) };
  // A bundle of its own: most requests do not wait.
  const { spawnOrQueue } = await import('../../workers/queue/request.ts');
  return (request) => spawnOrQueue(app, request, times);
}
