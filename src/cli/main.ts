#!/usr/bin/env node
import { debugTrace, errorMessage } from '../lib/errors.ts';
import { processEnvironment } from '../lib/process/environment.ts';
import { keepCompiledCode } from './compiled-code.ts';
import { standardError, standardOutput } from './output/print.ts';
import { withoutSilence } from './unfinished.ts';

const env = processEnvironment();
keepCompiledCode(env);

/** Tries the fast path first, then the full command line. */
async function main(words: readonly string[]): Promise<number> {
  const { runFast } = await import('./fast/run.ts');
  const code = await runFast(words, env, (code) => process.exit(code));
  if (code !== null) return code;
  standardOutput();
  standardError();
  const { agentpool } = await import('./agentpool.ts');
  const { stdin, stdout, stderr } = process;
  return agentpool([...words], { env, stdin, stdout, stderr });
}

const words = process.argv.slice(2);

/** Its intent, if it had recorded one, is resolved by the next command. */
function reportUnfinished(): void {
  const what = `agentpool ${words[0] ?? ''}`.trim();
  standardError().write(
    `${what}: ended before it had an answer, which is a fault in AgentPool. Check what it has done: agentpool sessions --recent 5\n`,
  );
  process.exitCode = 1;
}

withoutSilence(main(words), reportUnfinished).then(
  (code) => {
    process.exitCode = code;
    // What an interrupted command had begun must not keep it.
    if (code === 130) process.exit();
  },
  (error: unknown) => {
    standardError().write(`agentpool: ${errorMessage(error)}\n${debugTrace(error, env)}`);
    process.exitCode = 1;
  },
);
