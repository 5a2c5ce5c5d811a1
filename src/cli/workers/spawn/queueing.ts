import { AgentPoolError } from '../../../lib/errors.ts';
import { shell } from '../../../lib/text/shell.ts';
import { type SpawnOptions, spawnWorker } from '../../../workers/commands/spawning/spawn.ts';
import type { AppContext } from '../../../workers/core/context.ts';

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
  if (queue) {
    // A bundle of its own: most requests do not wait.
    const { queueTimes, spawnOrQueue } = await import('../../../workers/queue/request.ts');
    const words = { provider, notBefore: notBefore ?? null, deadline: deadline ?? null };
    const times = queueTimes(words, app.given().now);
    return (request) => spawnOrQueue(app, request, times);
  }
  const option = notBefore !== undefined ? '--not-before' : deadline !== undefined ? '--deadline' : null;
  if (option === null) return (request) => spawnWorker(app, request);
  throw new AgentPoolError(
    'INVALID_REQUEST',
    `${option} goes with --queue: without it, the worker starts now or not at all.`,
    {
      example: shell`agentpool ${verb} --queue --provider ${provider} --not-before 18:00 --deadline +12h --task "Look for the parser"`,
    },
  );
}
