import { parseArgs } from 'node:util';
import type { Env } from '../../config/paths.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { serveStdio } from '../../mcp/stdio.ts';
import { drawCard } from '../../report/card/draw-card.ts';

const options = {
  toolsets: { type: 'string' },
  tools: { type: 'string' },
  lockdown: { type: 'boolean' },
} as const;

/**
 * `agentpool mcp` by the short way: a host starts it for every conversation and waits for it. False where the long way
 * has to say something: other words, or names of tools that there are not.
 */
export async function quickMcp(words: string[], env: Env): Promise<boolean> {
  const request = parsed(words);
  if (!request) return false;
  try {
    await serveStdio(env, request, { drawCard });
    return true;
  } catch (error) {
    if (error instanceof AgentPoolError) return false;
    throw error;
  }
}

function parsed(words: string[]) {
  try {
    return parseArgs({ args: words, options, strict: true }).values;
  } catch {
    return null;
  }
}
