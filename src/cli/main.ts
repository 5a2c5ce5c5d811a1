#!/usr/bin/env node
import { keepCompiledCode } from './compiled-code.ts';
import { runFast } from './fast/run.ts';
import { standardOutput } from './output/print.ts';

keepCompiledCode(process.env);

/** The fast path where it serves, else the whole command line. */
async function main(words: string[]): Promise<number> {
  const code = await runFast(words, process.env);
  if (code !== null) return code;
  standardOutput();
  const { agentpool } = await import('./agentpool.ts');
  return agentpool(words);
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`agentpool: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
