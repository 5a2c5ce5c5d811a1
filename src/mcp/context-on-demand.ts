import type { Env } from '../config/paths.ts';
import type { AppContext } from '../workers/core/context.ts';
import { writeTrace } from './answer.ts';

/** The context that all calls of a server share. The first call opens it; after a failure the next call tries again. */
export function appOnDemand(env: Env, coordinator: string): () => Promise<AppContext> {
  let opened: Promise<AppContext> | null = null;
  return () => {
    opened ??= open(env, coordinator).catch(async (error: unknown) => {
      opened = null;
      await writeTrace(error, env);
      throw error;
    });
    return opened;
  };
}

async function open(env: Env, coordinator: string): Promise<AppContext> {
  const { openApp } = await import('../workers/core/context.ts');
  return openApp(env, 'mcp', { coordinator });
}
