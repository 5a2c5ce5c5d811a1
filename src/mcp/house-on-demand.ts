import type { Env } from '../config/paths.ts';
import type { House } from '../workers/house.ts';

/** The house that all calls of a server work in, opened by the first of them; after a failure the next one tries again. */
export function houseOnDemand(env: Env): () => Promise<House> {
  let opened: Promise<House> | null = null;
  return () => {
    opened ??= opening(env).catch((error: unknown) => {
      opened = null;
      throw error;
    });
    return opened;
  };
}

async function opening(env: Env): Promise<House> {
  const { openHouse } = await import('../workers/house.ts');
  return openHouse(env, 'mcp');
}
