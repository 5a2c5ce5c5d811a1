// Draws what a terminal shows as a PNG, with headless Chromium.
import { existsSync } from 'node:fs';
import xterm from '@xterm/headless';
import { chromium } from 'playwright-core';

export interface TerminalPicture {
  /** The screen with its escape sequences, as `tmux capture-pane -pe` prints it. */
  text: string;
  columns: number;
  rows: number;
  background: 'dark' | 'light';
  title: string;
}

/** The colours of the terminal: its sixteen, its text, and its background. */
const THEMES = {
  dark: {
    back: '#1c1f26',
    bar: '#262a33',
    text: '#d7dae0',
    quiet: '#7f848e',
    sixteen:
      '#3f4451 #e05561 #8cc265 #d18f52 #4aa5f0 #c162de #42b3c2 #d7dae0 #4f5666 #ff616e #a5e075 #f0a45d #4dc4ff #de73ff #4cd1e0 #e6e6e6',
  },
  light: {
    back: '#fcfcfa',
    bar: '#ececea',
    text: '#2c2e34',
    quiet: '#8a8d93',
    sixteen:
      '#383a42 #c93c37 #2f7d32 #a15c00 #2563c9 #8e24aa #00798c #6b6e76 #55585f #d9534f #3c9142 #b96b00 #3b78d8 #a343bd #008fa5 #a0a1a7',
  },
} as const;

const CHROMIUMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Writes the picture into a file. Throws if no Chromium is installed. */
export async function drawPng(picture: TerminalPicture, file: string): Promise<void> {
  const executablePath = CHROMIUMS.find((path) => existsSync(path));
  if (!executablePath) throw new Error('No Chromium is installed: apt-get install chromium');
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage({ deviceScaleFactor: 1.5 });
    await page.setContent(await htmlOf(picture));
    await page.locator('main').screenshot({ path: file });
  } finally {
    await browser.close();
  }
}

const CELL = { width: 8.43, height: 18 };

async function htmlOf({ text, columns, rows, background, title }: TerminalPicture): Promise<string> {
  const theme = THEMES[background];
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  await new Promise<void>((done) => terminal.write(text.replace(/\n$/, '').replaceAll('\n', '\r\n'), done));
  const cells: string[] = [];
  for (let row = 0; row < rows; row++) {
    const line = terminal.buffer.active.getLine(row);
    for (let column = 0; column < columns; column++) {
      const cell = line?.getCell(column);
      if (!cell || cell.getWidth() === 0) continue;
      const [fg, bg] = [
        colour(cell.isFgRGB(), cell.isFgPalette(), cell.getFgColor(), theme),
        colour(cell.isBgRGB(), cell.isBgPalette(), cell.getBgColor(), theme),
      ];
      const inverse = cell.isInverse() !== 0;
      const front = inverse ? (bg ?? theme.back) : (fg ?? theme.text);
      const back = inverse ? (fg ?? theme.text) : bg;
      const chars = cell.getChars() || ' ';
      if (chars === ' ' && back === null) continue;
      const place = `left:${(column * CELL.width).toFixed(2)}px;top:${row * CELL.height}px;width:${(cell.getWidth() * CELL.width + (back ? 0.3 : 0)).toFixed(2)}px`;
      const style = `${place};color:${front}${back ? `;background:${back}` : ''}${cell.isBold() ? ';font-weight:700' : ''}${cell.isDim() ? ';opacity:.62' : ''}${cell.isItalic() ? ';font-style:italic' : ''}`;
      cells.push(
        `<i${/[│┌┐└┘├┤╭╮╰╯]/.test(chars) ? ' class="tall"' : ''} style="${style}">${escaped(drawable(chars))}</i>`,
      );
    }
  }
  const [width, height] = [columns * CELL.width, rows * CELL.height];
  return `<!doctype html><meta charset="utf-8"><style>
body{margin:0;background:${theme.back}}
main{display:inline-block;background:${theme.back};border-radius:10px;overflow:hidden}
header{height:32px;background:${theme.bar};color:${theme.quiet};font:12px/32px sans-serif;text-align:center;position:relative}
header b{position:absolute;top:10px;width:12px;height:12px;border-radius:6px}
section{position:relative;margin:14px 16px;width:${width}px;height:${height}px;font:14px/18px 'DejaVu Sans Mono',monospace}
i.tall{transform:scaleY(1.22)}
i{position:absolute;height:18px;font-style:normal;white-space:pre;overflow:visible}
</style><main><header><b style="left:16px;background:#e05561"></b><b style="left:36px;background:#d18f52"></b><b style="left:56px;background:#8cc265"></b>${escaped(title)}</header><section>${cells.join('')}</section></main>`;
}

/** Null for the terminal's own. */
function colour(
  isRgb: boolean,
  isPalette: boolean,
  value: number,
  { sixteen }: (typeof THEMES)['dark' | 'light'],
): string | null {
  if (isRgb) return `#${value.toString(16).padStart(6, '0')}`;
  if (!isPalette) return null;
  if (value < 16) return sixteen.split(' ')[value] ?? null;
  if (value >= 232) return grey(8 + (value - 232) * 10);
  const step = (part: number) => (part === 0 ? 0 : 55 + part * 40);
  const index = value - 16;
  return `rgb(${step(Math.floor(index / 36))},${step(Math.floor(index / 6) % 6)},${step(index % 6)})`;
}

/** A sign that the font of the picture does not have. */
const drawable = (chars: string): string => (chars === '⎿' ? '└' : chars);

const grey = (part: number): string => `rgb(${part},${part},${part})`;

const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
