#!/usr/bin/env node
// Asks one question after the other, each once the file BENCH_ASK.N exists; moves the time at which it was printed (epoch
// ms) to BENCH_ASK.N.printed, and waits for an answer.
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { runAgent, say } from '../../fixtures/agents/lib/agent.mjs';

const place = process.env.BENCH_ASK;

await runAgent('bench-asker', async (_task, { work, ask }) => {
  for (let number = 1; ; number++) {
    say('Working...');
    while (!existsSync(`${place}.${number}`)) await work(5);
    const printedAt = Date.now();
    say(`QUESTION: Which of the ${number} endpoints should come first?`);
    const file = `${place}.${number}.printed`;
    writeFileSync(`${file}.part`, String(printedAt));
    renameSync(`${file}.part`, file);
    say(`Answer received: ${await ask()}`);
  }
});
