import type { Style, Tone } from './line.ts';

export type Background = 'dark' | 'light';
/** How many colours a terminal shows: none, its own sixteen, 256, or all. */
export type Depth = 'none' | 'basic' | 'indexed' | 'true';

export interface Palette {
  background: Background;
  depth: Depth;
}

/** Indexes of the 256 colours: for a dark and for a light background. */
const INDEXED: Record<Tone, readonly [dark: number, light: number]> = {
  good: [114, 28],
  warn: [221, 130],
  bad: [203, 160],
  info: [111, 26],
  parked: [176, 90],
  quiet: [246, 241],
  frame: [241, 248],
  title: [252, 235],
  empty: [239, 251],
  mark: [255, 16],
  key: [117, 25],
  selected: [237, 254],
};

/** Codes of the terminal's own colours; null leaves its default. Yellow and cyan are too bright on a light background. */
const BASIC: Record<Tone, readonly [dark: string | null, light: string | null]> = {
  good: ['32', '32'],
  warn: ['33', '35'],
  bad: ['31', '31'],
  info: ['36', '34'],
  parked: ['35', '35'],
  quiet: ['2', '2'],
  frame: ['2', '2'],
  title: [null, null],
  empty: ['2', '2'],
  mark: ['1', '1'],
  key: ['36', '34'],
  selected: [null, null],
};

/** The parameters of the escape sequence (SGR) that begins a style; empty for plain text. */
export function codesOf(style: Style, { background, depth }: Palette): string {
  const codes: string[] = [];
  if (style.bold) codes.push('1');
  if (style.dim) codes.push('2');
  if (style.italic) codes.push('3');
  if (style.inverse) codes.push('7');
  if (depth !== 'none') {
    const at = background === 'light' ? 1 : 0;
    if (style.fg) codes.push(...toneCode(style.fg, 38, depth, at));
    if (style.bg) codes.push(...toneCode(style.bg, 48, depth, at));
    if (style.ownFg) codes.push(...ownCode(style.ownFg, 38, depth));
    if (style.ownBg) codes.push(...ownCode(style.ownBg, 48, depth));
  }
  return codes.join(';');
}

function toneCode(tone: Tone, layer: 38 | 48, depth: Depth, at: 0 | 1): string[] {
  if (depth !== 'basic') return [`${layer};5;${INDEXED[tone][at]}`];
  const code = BASIC[tone][at];
  return code === null || layer === 48 ? [] : [code];
}

function ownCode(colour: string, layer: 38 | 48, depth: Depth): string[] {
  const index = /^\d{1,3}$/.test(colour) ? Number(colour) : null;
  if (index !== null) {
    if (index > 255) return [];
    if (index < 16) return [String(index < 8 ? layer - 8 + index : layer + 52 + index - 8)];
    return depth === 'basic' ? [] : [`${layer};5;${index}`];
  }
  const hex = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(colour);
  if (!hex) return [];
  const [red = 0, green = 0, blue = 0] = hex.slice(1).map((part) => Number.parseInt(part, 16));
  if (depth === 'true') return [`${layer};2;${red};${green};${blue}`];
  return depth === 'indexed' ? [`${layer};5;${nearest(red, green, blue)}`] : [];
}

/** The nearest of the 6×6×6 colours. */
function nearest(red: number, green: number, blue: number): number {
  const step = (part: number) => (part < 48 ? 0 : part < 115 ? 1 : Math.min(5, Math.floor((part - 35) / 40)));
  return 16 + 36 * step(red) + 6 * step(green) + step(blue);
}
