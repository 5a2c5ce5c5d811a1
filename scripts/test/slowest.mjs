// Lists the test files that take longest, the slowest first: the runner starts them in this order, each in a process of
// its own. `node scripts/test.mjs --slowest` updates slowest.txt from a run of all files on a quiet machine.
import { fileOf } from './places.mjs';

const SLOW_MS = 2000;

export default async function* list(source) {
  const took = new Map();
  for await (const { type, data } of source) {
    if ((type !== 'test:pass' && type !== 'test:fail') || data.nesting > 0) continue;
    const file = fileOf(data);
    took.set(file, (took.get(file) ?? 0) + (data.details.duration_ms ?? 0));
  }
  const slow = [...took].filter(([, ms]) => ms >= SLOW_MS).toSorted(([, one], [, other]) => other - one);
  for (const [file] of slow) yield `${file}\n`;
}
