import type { OnLimit } from '../../events/catalogue/worker-shapes.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { onLimitOf } from '../commands/spawning/on-limit.ts';
import type { AppContext } from '../core/context.ts';
import type { TaskOptions } from './schema.ts';

/** What happens at a limit, by the keys of a task; undefined if its worker stops there, an error where they are wrong. */
export function onLimitIn(
  { config }: Pick<AppContext, 'config'>,
  provider: string,
  { on_limit, wait_at_most }: TaskOptions,
): OnLimit | AgentPoolError | undefined {
  try {
    return onLimitOf(config, provider, { onLimit: on_limit ?? null, waitAtMost: wait_at_most ?? null });
  } catch (error) {
    if (error instanceof AgentPoolError) return error;
    throw error;
  }
}
