#!/usr/bin/env node
// A program that draws a terminal for a measurement, until it is ended. BENCH_SCREEN: `full` (every row is new in each
// frame), `agent` (text grows word by word above a status line and an input box), `spinner` (one row changes), `quiet`.
// BENCH_FPS: frames a second.
const mode = process.env.BENCH_SCREEN ?? 'agent';
const fps = Number(process.env.BENCH_FPS ?? 10);
const columns = process.stdout.columns ?? 80;
const rows = process.stdout.rows ?? 24;
const WORDS =
  'the parser reads each token once and returns src/parser/lexer.ts with its line number 42 then npm test passes in 3.1 s'.split(
    ' ',
  );
let seed = 7;
const random = (below) => {
  seed = (seed * 1103515245 + 12345) % 2 ** 31;
  return seed % below;
};
const word = () => WORDS[random(WORDS.length)];
const colour = () => `\x1b[3${1 + random(6)}m`;

function full() {
  let screen = '\x1b[H';
  for (let row = 0; row < rows; row++) {
    let line = '';
    while (line.length < columns - 12) line += `${word()} `;
    screen += `\x1b[${row + 1};1H${colour()}${line.slice(0, columns - 1)}\x1b[0m\x1b[K`;
  }
  process.stdout.write(screen);
}

let frame = 0;
let line = '';
function agent() {
  frame++;
  const box = '─'.repeat(columns);
  let out = '';
  // The block at the bottom is drawn again below what has been added, as ink does.
  if (frame > 1) out += '\x1b[5A\r\x1b[J';
  line += `${word()} `;
  if (line.length > 90) {
    out += `  ${line}\r\n`;
    line = '';
  }
  const seconds = Math.floor(frame / fps);
  out += `  ${line}\r\n${colour()}✻\x1b[0m Working… (${seconds}s · ↓ ${frame * 3} tokens · esc to interrupt)\r\n${box}\r\n> \r\n${box}\r\n`;
  process.stdout.write(out);
}

function spinner() {
  frame++;
  process.stdout.write(`\r${'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'[frame % 10]} Working (${Math.floor(frame / fps)}s)`);
}

console.log('bench-screen ready');
const draw = { full, agent, spinner }[mode];
setInterval(draw ?? (() => {}), 1000 / fps);
