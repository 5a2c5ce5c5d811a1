import { setTimeout as sleep } from 'node:timers/promises';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { coordinatorIn } from '../config/coordinator.ts';
import type { Env } from '../config/paths.ts';
import type { AppContext } from '../workers/core/context.ts';
import { writeTrace } from './answer.ts';
import { BoundedLines, MAX_MESSAGE_BYTES } from './bounded-lines.ts';
import { readLine } from './incoming.ts';
import { type SelectionOptions, selectTools } from './selection.ts';
import { newCoordinator, serve } from './server.ts';
import { allTools, unlisted } from './toolsets/index.ts';

/** How long running actions may take to finish when the host goes; the ledger resolves what is interrupted. */
const GRACE_MS = 600;

/**
 * Serves one host over stdin and stdout until it closes stdin or a signal ends it. Workers keep running. Standard
 * output is for the protocol only: everything else is written to stderr.
 */
export async function serveStdio(env: Env, request: SelectionOptions): Promise<void> {
  const selection = selectTools(allTools, request, env, unlisted);
  const open = appOnDemand(env, coordinatorIn(env) ?? newCoordinator());
  const serving = serve(open, selection);
  const { server } = serving;
  server.onerror = (error) => process.stderr.write(`agentpool mcp: ${error.message}\n`);

  const ended = new Promise<void>((done) => {
    server.onclose = done;
    for (const event of ['end', 'close', 'error']) process.stdin.once(event, () => done());
    process.stdout.once('error', () => done());
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => done());
  });
  // Each answer that waits for a slow reader adds a listener: Node would warn of a leak.
  process.stdout.setMaxListeners(0);
  const lines = new BoundedLines(
    MAX_MESSAGE_BYTES,
    (refusal) => process.stdout.write(`${refusal}\n`),
    readLine,
  );
  process.stdin.pipe(lines);
  await server.connect(new StdioServerTransport(lines));
  await ended;
  await Promise.race([serving.settled(), sleep(GRACE_MS)]);
  serving.close();
  // An explicit exit: a wait without a client would keep the process alive.
  process.exit(0);
}

/** The context that all calls of a server share. The first call opens it; after a failure the next call tries again. */
function appOnDemand(env: Env, coordinator: string): () => Promise<AppContext> {
  let opened: Promise<AppContext> | null = null;
  return () => {
    opened ??= openContext(env, coordinator).catch(async (error: unknown) => {
      opened = null;
      await writeTrace(error, env);
      throw error;
    });
    return opened;
  };
}

async function openContext(env: Env, coordinator: string): Promise<AppContext> {
  const { openApp } = await import('../workers/core/context.ts');
  return openApp(env, 'mcp', { coordinator });
}
