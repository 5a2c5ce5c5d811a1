// A program that accepts typed messages: MODE FILE. Messages are appended to FILE as JSON strings, one per line.
// box: an input box with bracketed paste; deaf-once: drops its first Enter; busy: queues; blind: shows nothing.
// lines: reads plain lines. newline: its Enter makes a new line. sleeper: never reads what its terminal echoes.
import { appendFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [, , mode, file] = process.argv;
writeFileSync(file, '');
const record = (text) => appendFileSync(file, `${JSON.stringify(text)}\n`);

if (mode === 'sleeper') {
  console.log('ready');
  setInterval(() => console.log('still here'), 200);
} else if (mode === 'lines') {
  console.log('ready');
  createInterface({ input: process.stdin, terminal: false }).on('line', record);
} else {
  process.stdin.setRawMode(true);
  process.stdin.setEncoding('utf8');
  process.stdout.write('\x1b[?2004h');
  let [box, pasted, inPaste, pending, drops, output] = [
    '',
    '',
    false,
    '',
    mode === 'deaf-once' ? 1 : 0,
    ['ready'],
  ];
  const shown = (text) => {
    const lines = text.split('\n').length;
    return lines > 8 || text.length > 800
      ? `[Pasted text #1 +${lines} lines]`
      : text.replaceAll('\n', '\r\n│ ');
  };
  const draw = () => {
    if (mode === 'blind') process.stdout.write('\x1b[H\x1b[2Jready');
    else
      process.stdout.write(
        `\x1b[H\x1b[2J${output.slice(-3).join('\r\n')}\r\n╭────\r\n│ ${shown(box)}\r\n╰────`,
      );
  };
  const enter = () => {
    if (drops-- > 0) return;
    if (mode === 'newline') {
      box += '\n';
      return;
    }
    record(box);
    output.push(mode === 'busy' ? 'Press up to edit queued messages' : `> ${shown(box)}`, '● working');
    box = '';
  };
  process.stdin.on('data', (data) => {
    pending += data;
    while (pending) {
      if (inPaste) {
        const end = pending.indexOf('\x1b[201~');
        if (end === -1) {
          const keep = Math.max(0, pending.length - 6);
          pasted += pending.slice(0, keep);
          pending = pending.slice(keep);
          break;
        }
        box += pasted + pending.slice(0, end);
        [pasted, inPaste, pending] = ['', false, pending.slice(end + 6)];
      } else if (pending.startsWith('\x1b[200~')) {
        [inPaste, pending] = [true, pending.slice(6)];
      } else {
        const key = pending[0];
        pending = pending.slice(1);
        if (key === '\r') enter();
        else if (key === '\x15') box = '';
        else if (key === '\x03') process.exit(0);
        else box += key;
      }
    }
    draw();
  });
  draw();
}
