import type { Env } from '../config/paths.ts';
import type { AppContext } from '../workers/core/context.ts';
import { writeTrace } from './answer.ts';

/** The house that all calls of a server work in, opened by the first of them; after a failure the next one tries again. */
export function appOnDemand(env: Env, coordinator: string): () => Promise<AppContext> {
  let opened: Promise<AppContext> | null = null;
  return () => {
    opened ??= opening(env, coordinator).catch(async (error: unknown) => {
      opened = null;
      await writeTrace(error, env);
      throw error;
    });
    return opened;
  };
}

async function opening(env: Env, coordinator: string): Promise<AppContext> {
  const { openApp } = await import('../workers/core/context.ts');
  return openApp(env, 'mcp', coordinator);
}
