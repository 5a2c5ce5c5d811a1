import { RUN_FLAGS, type RunTuple } from '../../../terminal/recording/format.ts';

export type ThemeName = 'light' | 'dark';

interface Theme {
  background: string;
  foreground: string;
  ansi: readonly string[];
}

const THEMES: Readonly<Record<ThemeName, Theme>> = {
  light: {
    background: '#fbfbfa',
    foreground: '#24292f',
    ansi: [
      ...['#24292f', '#b3261e', '#17703a', '#875200', '#0b5cb5', '#8a3c9b', '#0d6e7c', '#57606a'],
      ...['#57606a', '#c4302b', '#1a7f45', '#9a6000', '#1a6fd0', '#a04ab3', '#128294', '#24292f'],
    ],
  },
  dark: {
    background: '#11151a',
    foreground: '#d9dfe6',
    ansi: [
      ...['#8b949e', '#ff8a82', '#6fd596', '#efb95f', '#74b5ff', '#d8a0f0', '#5ec8d6', '#d9dfe6'],
      ...['#9ca7b4', '#ffa59e', '#8ce5ad', '#ffd58a', '#9ccbff', '#e8bdfa', '#88dfea', '#ffffff'],
    ],
  },
};

/** How a stretch of a row is drawn. `background` is null where it is that of the terminal. */
export interface Ink {
  color: string;
  background: string | null;
  bold: boolean;
  italic: boolean;
}

/** The colours of a terminal on a page of one theme. */
export class Inks {
  readonly background: string;
  readonly foreground: string;
  readonly #theme: Theme;
  readonly #known = new Map<string, Ink>();

  constructor(name: ThemeName) {
    this.#theme = THEMES[name];
    this.background = this.#theme.background;
    this.foreground = this.#theme.foreground;
  }

  of([, , flags, fg, bg]: RunTuple): Ink {
    const key = `${flags} ${fg} ${bg}`;
    const known = this.#known.get(key);
    if (known) return known;
    const ink = this.#made(flags, fg, bg);
    this.#known.set(key, ink);
    return ink;
  }

  #made(flags: number, fg: string | null, bg: string | null): Ink {
    const theme = this.#theme;
    let front = this.#colour(fg) ?? theme.foreground;
    let back = this.#colour(bg) ?? theme.background;
    const isInverse = (flags & RUN_FLAGS.inverse) !== 0;
    // A background made for a terminal of the other kind (dark stripes of a diff on a light page) becomes a tint.
    const isLight = luminance(theme.background) > 0.5;
    if (bg !== null && !isInverse && (isLight ? luminance(back) < 0.25 : luminance(back) > 0.4))
      back = blend(back, theme.background, 0.8);
    if (isInverse) [front, back] = [back, front];
    if (flags & RUN_FLAGS.dim) front = blend(front, back, 0.38);
    return {
      color: readable(front, back),
      background: back === theme.background ? null : back,
      bold: (flags & RUN_FLAGS.bold) !== 0,
      italic: (flags & RUN_FLAGS.italic) !== 0,
    };
  }

  /** `#rrggbb`, or a number of the 256 colours; null for anything else. */
  #colour(colour: string | null): string | null {
    if (colour === null) return null;
    if (/^#[0-9a-f]{6}$/i.test(colour)) return colour;
    const number = /^\d{1,3}$/.test(colour) ? Number(colour) : 256;
    if (number < 16) return this.#theme.ansi[number] ?? null;
    if (number < 232) return cube(number - 16);
    if (number > 255) return null;
    const grey = 8 + (number - 232) * 10;
    return hex([grey, grey, grey]);
  }
}

const cube = (number: number): string =>
  hex(
    [Math.floor(number / 36), Math.floor(number / 6) % 6, number % 6].map((step) =>
      step ? 55 + step * 40 : 0,
    ),
  );

/** A colour was chosen for another background: moves it until it can be read on this one, at 4.5 to 1. */
function readable(front: string, back: string): string {
  const goal = luminance(back) > 0.18 ? '#000000' : '#ffffff';
  let color = front;
  for (let step = 0.1; contrast(color, back) < 4.5 && step <= 1.001; step += 0.1)
    color = blend(front, goal, step);
  return color;
}

const channels = (color: string): number[] =>
  [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));

const hex = (values: readonly number[]): string =>
  `#${values.map((value) => Math.round(value).toString(16).padStart(2, '0')).join('')}`;

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = channels(color).map((value) => {
    const part = value / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function blend(from: string, to: string, share: number): string {
  const goal = channels(to);
  return hex(channels(from).map((value, at) => value + ((goal[at] ?? 0) - value) * share));
}
