import type { Env } from '../../config/paths.ts';
import { serveStdio } from '../../mcp/stdio.ts';
import type { Values } from '../grammar/parse.ts';
import { standardError } from '../output/print.ts';

interface Options {
  toolsets: string | undefined;
  tools: string | undefined;
  lockdown: boolean;
}

/** `agentpool mcp` over stdio: a host starts it for every conversation and waits for its start. */
export async function answer(values: Values & Partial<Options>, env: Env): Promise<number | null> {
  const { toolsets, tools, lockdown, http, port, newToken } = values;
  if (http || port !== undefined || newToken) return null;
  standardError();
  await serveStdio(env, { toolsets, tools, lockdown: lockdown || undefined });
  return 0;
}
