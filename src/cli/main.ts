#!/usr/bin/env node
import { AgentPoolError, debugTrace, errorMessage } from '../lib/errors.ts';
import { processEnvironment } from '../lib/process/environment.ts';

const env = processEnvironment();

// Looks at the first words and loads no more than they need: a query that is asked often (by prompts, status lines,
// other agents) must not pay for the parts that start workers.
async function main(words: string[]): Promise<number> {
  if (await quickly(words).catch(isReported)) return 0;
  // `agentpool ... | head` closes the pipe early: that is the reader's right, and no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  const { stdin, stdout, stderr } = process;
  const { agentpool } = await import('./agentpool.ts');
  return agentpool(words, { env, stdin, stdout, stderr });
}

/** What the short way can not do for a reason that has a code, the long way tells. */
function isReported(error: unknown): false {
  if (error instanceof AgentPoolError) return false;
  throw error;
}

async function quickly(words: string[]): Promise<boolean> {
  const [first = 'status', ...rest] = words;
  if (first === 'complete') {
    const { quickComplete } = await import('./fast/complete.ts');
    return quickComplete(rest, env);
  }
  if (['help', '--version', '-v'].includes(first) || words.includes('--help') || words.includes('-h')) {
    const { quickHelp } = await import('./fast/help.ts');
    return quickHelp(words, env);
  }
  if (first === 'statusline') {
    const { quickStatusline } = await import('./fast/statusline.ts');
    return quickStatusline(rest, env);
  }
  if (first === 'status' || first === '--json' || first === '--plain') {
    const { quickStatus } = await import('./fast/status.ts');
    return quickStatus(first === 'status' ? rest : words, env);
  }
  if (first === 'signal') {
    const { quickSignal } = await import('./fast/signal.ts');
    return quickSignal(rest, env);
  }
  if (first === 'sessions') {
    const { quickSessions } = await import('./fast/sessions.ts');
    return quickSessions(rest, env);
  }
  if (first === 'stats') {
    const { quickStats } = await import('./fast/stats.ts');
    return quickStats(rest, env);
  }
  if (first === 'usage-summary' || first === 'capacity-summary') {
    const { quickUsageSummary } = await import('./fast/usage-summary.ts');
    return quickUsageSummary(rest, env);
  }
  if (first === 'mcp') {
    const { quickMcp } = await import('./fast/mcp.ts');
    return quickMcp(rest, env);
  }
  return false;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`agentpool: ${errorMessage(error)}\n${debugTrace(error, env)}`);
    process.exitCode = 1;
  },
);
