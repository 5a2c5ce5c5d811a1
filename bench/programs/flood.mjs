#!/usr/bin/env node
// Prints BENCH_MB megabytes of numbered lines as fast as it can once the file BENCH_GO exists, then makes the file
// BENCH_GO.done, and waits to be ended.
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';

const go = process.env.BENCH_GO;
const bytes = Number(process.env.BENCH_MB ?? 10) * 1e6;
const WORDS =
  'the parser reads each file once and returns src/lexer.ts with its line 42 then npm test passes'.split(' ');
let seed = 7;
const random = (below) => {
  seed = (seed * 1103515245 + 12345) % 2 ** 31;
  return seed % below;
};
const texts = Array.from({ length: 2000 }, () =>
  Array.from({ length: 6 + random(14) }, () => WORDS[random(WORDS.length)]).join(' '),
);

console.log('bench-flood ready');
const timer = setInterval(() => {
  if (!existsSync(go)) return;
  clearInterval(timer);
  void flood();
}, 20);

async function flood() {
  for (let printed = 0, number = 0; printed < bytes; ) {
    let text = '';
    for (let line = 0; line < 500; line++)
      text += `line ${String(++number).padStart(8, '0')} ${texts[random(texts.length)]}\n`;
    printed += text.length;
    if (!process.stdout.write(text)) await once(process.stdout, 'drain');
  }
  console.log('flood over');
  writeFileSync(`${go}.done`, '');
  setInterval(() => {}, 60_000);
}
