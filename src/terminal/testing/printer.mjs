// Runs the steps of its argument, a JSON array: prints text or numbered lines, waits for a file, exits with a code.
import { existsSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export function print(text) {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length; ) done += writeSync(1, bytes, done);
}

for (const step of JSON.parse(process.argv[2])) {
  if (step.print !== undefined) print(step.print);
  if (step.lines) {
    const [from, to] = step.lines;
    for (let at = from; at <= to; at += 1000) {
      let text = '';
      for (let line = at; line <= Math.min(to, at + 999); line++) text += `line ${line}\n`;
      print(text);
      if (step.pauseMs) await sleep(step.pauseMs);
    }
  }
  if (step.waitFor) while (!existsSync(step.waitFor)) await sleep(10);
  if (step.exit !== undefined) process.exit(step.exit);
}
