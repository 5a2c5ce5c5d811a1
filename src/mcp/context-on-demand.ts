import type { Env } from '../config/paths.ts';
import type { AppContext } from '../workers/core/context.ts';

/** The context of all calls of a server, opened by the first of them; after a failure the next one tries again. */
export function appOnDemand(env: Env): () => Promise<AppContext> {
  let opened: Promise<AppContext> | null = null;
  return () => {
    opened ??= opening(env).catch((error: unknown) => {
      opened = null;
      throw error;
    });
    return opened;
  };
}

async function opening(env: Env): Promise<AppContext> {
  const { openApp } = await import('../workers/core/context.ts');
  return openApp(env, 'mcp');
}
