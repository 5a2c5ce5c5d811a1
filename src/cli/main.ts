#!/usr/bin/env node
import { debugTrace, errorMessage } from '../lib/errors.ts';
import { processEnvironment } from '../lib/process/environment.ts';
import { keepCompiledCode } from './compiled-code.ts';
import { standardError, standardOutput } from './output/print.ts';

const env = processEnvironment();
keepCompiledCode(env);

/** Tries the fast path first, then the full command line. */
async function main(words: string[]): Promise<number> {
  const { runFast } = await import('./fast/run.ts');
  const code = await runFast(words, env);
  if (code !== null) return code;
  standardOutput();
  standardError();
  const { agentpool } = await import('./agentpool.ts');
  const { stdin, stdout, stderr } = process;
  return agentpool(words, { env, stdin, stdout, stderr });
}

main(process.argv.slice(2)).then(
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
