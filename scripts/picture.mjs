// Draws a terminal's screen as an SVG: reads bytes with their colours, composes the screen, writes each row as text.
//   tmux capture-pane -pe | node scripts/picture.mjs docs/picture.svg [columns] [title]
import { readFileSync, writeFileSync } from 'node:fs';
import headless from '@xterm/headless';

const [file, columns = '96', title = 'agentpool'] = process.argv.slice(2);
if (!file) {
  console.error('usage: tmux capture-pane -pe | node scripts/picture.mjs docs/picture.svg');
  process.exit(2);
}

const CELL = { width: 8.4, height: 19 };
const PADDING = 18;
const BAR = 34;
const COLORS = ['#5c6370', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#dcdfe4'];
const PLAIN = '#dcdfe4';

const terminal = new headless.Terminal({ cols: Number(columns), rows: 60, allowProposedApi: true });
await new Promise((done) => terminal.write(readFileSync(0, 'utf8').replace(/\r?\n/g, '\r\n'), done));
const rows = Array.from({ length: 60 }, (_, index) => runsOf(terminal.buffer.active.getLine(index)));
while (rows.at(-1)?.length === 0) rows.pop();

const width = Math.ceil(Number(columns) * CELL.width + 2 * PADDING);
const height = Math.ceil(rows.length * CELL.height + BAR + 2 * PADDING - 8);
writeFileSync(
  file,
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">
<rect width="${width}" height="${height}" rx="10" fill="#21252b"/>
<circle cx="22" cy="18" r="6" fill="#e06c75"/><circle cx="42" cy="18" r="6" fill="#e5c07b"/><circle cx="62" cy="18" r="6" fill="#98c379"/>
<text x="${width / 2}" y="22" fill="#7f848e" text-anchor="middle" font-family="sans-serif" font-size="12">${escaped(title)}</text>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" xml:space="preserve">
${rows.flatMap(drawn).join('\n')}
</g>
</svg>
`,
);

/** Splits a row into pieces of one style each. */
function runsOf(line) {
  const runs = [];
  const blank = line.translateToString(true).length;
  for (let column = 0; column < blank; column++) {
    const cell = line.getCell(column);
    if (cell.getWidth() === 0) continue;
    const style = `${cell.isFgDefault() ? PLAIN : COLORS[cell.getFgColor() % 8]} ${cell.isBold() ? 'bold' : ''} ${cell.isDim() ? 'dim' : ''}`;
    const text = cell.getChars() || ' ';
    const last = runs.at(-1);
    if (last?.style === style) {
      last.text += text;
      last.cells += cell.getWidth();
    } else runs.push({ style, text, column, cells: cell.getWidth() });
  }
  return runs.filter(({ text }) => text.trim() !== '');
}

function drawn(runs, row) {
  const y = BAR + PADDING + row * CELL.height;
  return runs.map(({ style, text, column, cells }) => {
    const [color, bold, dim] = style.split(' ');
    const weight = `${bold ? ' font-weight="bold"' : ''}${dim ? ' opacity="0.6"' : ''}`;
    const [x, length] = [PADDING + column * CELL.width, cells * CELL.width].map((number) =>
      number.toFixed(1),
    );
    return `<text x="${x}" y="${y}" fill="${color}" textLength="${length}"${weight}>${escaped(text)}</text>`;
  });
}

function escaped(text) {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
